// SPDX-License-Identifier: MIT
// All tests of the page that need no browser.
import "./units/again.mjs";
import "./units/ask_text.mjs";
import "./units/config_text.mjs";
import "./units/day.mjs";
import "./units/format.mjs";
import "./units/history.mjs";
import "./units/live.mjs";
import "./units/model.mjs";
import "./units/sentences.mjs";
import "./units/size.mjs";
import "./units/views.mjs";
import "./units/words.mjs";
