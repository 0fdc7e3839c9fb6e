// SPDX-License-Identifier: MIT
// Every option: key, member, bounds and help. Reader, schema, manual and effective configuration
// are loops over it.
#pragma once

#include "config/entry_tables.hpp"
#include "config/option.hpp"
#include "config/option_access.hpp"
#include "core/gx/dvcc_settings.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::config {

// Sources of bounds: the GX stops publishing 60 s after a keepalive and beats every 3 s
// (mqtt/VENUS.md), full publishes are rationed GX-wide, instances above 247 are out of reach for
// Modbus TCP; currents as plausible in the path table.
// clang-format off
inline constexpr auto kOptions = std::to_array<Option>({
    // key                  member                                                                  lowest highest unit format  help
    {"state_dir",           ofProgram(at<&Config::stateDir>()),                                          0,   512, "", Format::File, "Folder for what must survive a restart; empty = the platform's default."},
    {"log_level",           ofProgram(wordAt<&Config::logLevel>(kLogLevels)),                            0,     0, "", Format::Any,  "The least important messages that are logged."},
    {"http.listen", ofProgram(at<&Config::http, &web::HttpSettings::listen>()), 0, 64, "", Format::Listen, "Where the web page, its API and `/metrics` are served, such as `127.0.0.1:8088`, or `0.0.0.0:8088` for all who reach this machine; empty = off. Without a password and read-only."},
    {"http.hosts", ofProgram(at<&Config::http, &web::HttpSettings::hosts>()), 0, 512, "", Format::Hosts, "Names under which a browser may ask for the page, such as `busbar.lan, boat.local`; `localhost` and IP addresses are always allowed, `*` = any. Keeps pages of strangers from reading along."},
    {"http.proxies", ofProgram(at<&Config::http, &web::HttpSettings::proxies>()), 0, 512, "", Format::Addresses, "Addresses of reverse proxies, with commas: they may ask under any name."},
    {"http.cors", ofProgram(at<&Config::http, &web::HttpSettings::cors>()), 0, 256, "", Format::Origin, "Another web page whose scripts may read the API, such as `https://example.org`; `*` = every page, empty = none."},
    {"http.keep_history", ofProgram(at<&Config::http, &web::HttpSettings::keepHistory>()), 0, 0, "", Format::Any, "Keep the last 24 h of the page's curves over a restart, where the state does not lie on flash (SD card, eMMC, a GX)."},
    {"site",                at<&Config::site>(),                                                         1,    64, "", Format::Name, "Name of this installation; part of topics and ids."},
    {"cycle_ms",            atAs<WholeMilliseconds, &Config::cycle>(),                                  20,  5000, "ms", Format::Any, "Changes are collected this long before they are published, at most a second; a cut limit, a block or an alarm goes at once."},
    {"gx.url",              at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::url>(),    6,   512, "", Format::Url, "MQTT broker of the GX; default ports 1883, 8883, 80 and 443. `ws` and `wss` only with the MQTT library of Busbar's packages (docker/paho)."},
    {"gx.user",             at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::user>(),   0,   256, "", Format::Any, "User name at the broker; with `gx.vrm` the VRM e-mail address; empty = none."},
    {"gx.password_file",    at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::passwordFile>(), 0, 512, "", Format::File, "File whose first line is the password, with `gx.vrm` the VRM access token."},
    {"gx.password_env",     at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::passwordEnv>(),  0, 128, "", Format::Variable, "Environment variable that holds the password, instead of a file."},
    {"gx.tls.ca_file",      at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::caFile>(),       0, 512, "", Format::File, "PEM file with the authorities to trust; empty = those of the system."},
    {"gx.tls.fingerprint",  at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::fingerprint>(),  0,  95, "", Format::Fingerprint, "SHA-256 of the one certificate to trust, for a GX signs its own; empty = not pinned."},
    {"gx.tls.cert_file",    at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::clientCertFile>(), 0, 512, "", Format::File, "PEM file with our own certificate, if the broker asks for one."},
    {"gx.tls.key_file",     at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::clientKeyFile>(),  0, 512, "", Format::File, "PEM file with the key of our own certificate."},
    {"gx.client_id",        at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::clientId>(),     0, 128, "", Format::Any, "MQTT client id; empty = `busbar-` and a random text."},
    {"gx.retry_min_s",      at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::retryMin>(),     1,  3600, "s", Format::Any, "First pause before connecting again; it doubles with every failure."},
    {"gx.retry_max_s",      at<&Config::gx, &mqtt::GxSettings::broker, &mqtt::BrokerSettings::retryMax>(),     1,  3600, "s", Format::Any, "Longest pause before connecting again."},
    {"gx.vrm",              at<&Config::gx, &mqtt::GxSettings::vrm>(),                                   0,     0, "", Format::Any, "Read through Victron's VRM cloud broker, which is found from `gx.portal_id`; `gx.url` is then not used."},
    {"gx.portal_id",        at<&Config::gx, &mqtt::GxSettings::portalId>(),                              1,    64, "", Format::Level, "VRM portal id of the GX; `auto` asks the broker."},
    {"gx.topic_prefix",     at<&Config::gx, &mqtt::GxSettings::topicPrefix>(),                           0,   200, "", Format::Prefix, "What a bridged broker puts in front of the GX's topics, such as `boat/`; empty = nothing."},
    {"gx.time_zone",        at<&Config::gx, &mqtt::GxSettings::timeZone>(),                              2,    64, "", Format::Zone, "By which time zone months begin (`limits.cvl.cell_V`): a name such as `Europe/Berlin`; `auto` = the one set in the GX, and UTC as long as that is not known."},
    {"gx.keepalive_s",      at<&Config::gx, &mqtt::GxSettings::keepalive>(),                            20,    30, "s", Format::Any, "How often the GX is asked to go on publishing; it stops after 60 s."},
    {"gx.full_publish_s",   at<&Config::gx, &mqtt::GxSettings::fullPublish>(),                          60,  3600, "s", Format::Any, "How often the GX is asked for all values, to find what has gone."},
    {"gx.reading",          at<&Config::gx, &mqtt::GxSettings::reading>(),                               0,     0, "", Format::Any, "`live` = each change of each value. `lean` = less than half the messages: counters (`/History`) come each `gx.full_publish_s`, and single cells each 30 s while they are in order and far from full and empty, of batteries that give extremes; limits go by these, which are live. `auto` = `lean` where a message costs much, with Debian's MQTT library, `live` with that of the packages."},
    {"gx.heartbeat_timeout_s", at<&Config::gx, &mqtt::GxSettings::heartbeatTimeout>(),                   6,   120, "s", Format::Any, "The link is lost when the GX's 3 s heartbeat stays away this long."},
    {"mqtt.url", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::url>(), 0, 512, "", Format::UrlOrNone, "MQTT broker for what Busbar publishes; empty = the broker of the GX, in the same session. `ws` and `wss` as for `gx.url`."},
    {"mqtt.user", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::user>(), 0, 256, "", Format::Any, "User name at `mqtt.url`; empty = none."},
    {"mqtt.password_file", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::passwordFile>(), 0, 512, "", Format::File, "File whose first line is the password."},
    {"mqtt.password_env", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::passwordEnv>(), 0, 128, "", Format::Variable, "Environment variable that holds the password, instead of a file."},
    {"mqtt.tls.ca_file", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::caFile>(), 0, 512, "", Format::File, "PEM file with the authorities to trust; empty = those of the system."},
    {"mqtt.tls.fingerprint", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::fingerprint>(), 0, 95, "", Format::Fingerprint, "SHA-256 of the one certificate to trust; empty = not pinned."},
    {"mqtt.tls.cert_file", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::clientCertFile>(), 0, 512, "", Format::File, "PEM file with our own certificate, if the broker asks for one."},
    {"mqtt.tls.key_file", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::clientKeyFile>(), 0, 512, "", Format::File, "PEM file with the key of our own certificate."},
    {"mqtt.client_id", at<&Config::output, &mqtt::OutputSettings::broker, &mqtt::BrokerSettings::clientId>(), 0, 128, "", Format::Any, "MQTT client id; empty = `busbar-` and a random text."},
    {"mqtt.publish", at<&Config::output, &mqtt::OutputSettings::results, &mqtt::ResultsSettings::isEnabled>(), 0, 0, "", Format::Any, "Publish documents of banks and batteries, events and health; without them there is no Home Assistant either."},
    {"mqtt.base", at<&Config::output, &mqtt::OutputSettings::results, &mqtt::ResultsSettings::base>(), 1, 128, "", Format::Topic, "Topics begin with this and the name of the site: `busbar/home/…`."},
    {"mqtt.interval_ms", atAs<WholeMilliseconds, &Config::output, &mqtt::OutputSettings::results, &mqtt::ResultsSettings::interval>(), 200, 60000, "ms", Format::Any, "A document is published at most this often, and only when it changed; a cut limit at once."},
    {"mqtt.layout", at<&Config::output, &mqtt::OutputSettings::results, &mqtt::ResultsSettings::layout>(), 1, 2, "", Format::Any, "Of the documents: 2, or 1 as version 0.3 wrote them, for readers that are not ready; 1 goes with the next version."},
    {"mqtt.batteries", at<&Config::output, &mqtt::OutputSettings::results, &mqtt::ResultsSettings::publishBatteries>(), 0, 0, "", Format::Any, "Publish a document per battery, besides those of the banks."},
    {"mqtt.commands", commandsAccess(), 0, 0, "", Format::Any, "Take ceilings, batteries in and out of service, balancing, the counter's reset and names from MQTT (`<base>/<site>/set/…`); `auto` = not from a `mqtt.url` without `mqtt.user`, to which anybody may write."},
    {"homeassistant.enabled", at<&Config::output, &mqtt::OutputSettings::homeAssistant, &mqtt::HaSettings::isEnabled>(), 0, 0, "", Format::Any, "Announce devices and entities to Home Assistant; switching it off removes them."},
    {"homeassistant.prefix", at<&Config::output, &mqtt::OutputSettings::homeAssistant, &mqtt::HaSettings::prefix>(), 1, 128, "", Format::Topic, "Discovery prefix, as in Home Assistant's MQTT integration."},
    {"homeassistant.interval_s", at<&Config::output, &mqtt::OutputSettings::homeAssistant, &mqtt::HaSettings::interval>(), 1, 3600, "s", Format::Any, "States of Home Assistant's entities change at most this often, because it stores each change; a cut limit at once."},
    {"homeassistant.page_url", at<&Config::output, &mqtt::OutputSettings::homeAssistant, &mqtt::HaSettings::pageUrl>(), 0, 512, "", Format::Any, "Where a browser in the house finds Busbar's page, `http://…`; Home Assistant's devices link there. Empty = no link."},
    {"venus.enabled", at<&Config::output, &mqtt::OutputSettings::venus, &mqtt::VenusOutputSettings::isEnabled>(), 0, 0, "", Format::Any, "Publish the banks in the layout of a GX as well, so that whatever reads a GX can read them; also another Busbar."},
    {"venus.portal_id", at<&Config::output, &mqtt::OutputSettings::venus, &mqtt::VenusOutputSettings::portalId>(), 0, 64, "", Format::LevelOrNone, "Portal id of that layout; empty = `busbar-` and the name of the site. Never that of a GX."},
    {"venus.topic_prefix", at<&Config::output, &mqtt::OutputSettings::venus, &mqtt::VenusOutputSettings::topicPrefix>(), 0, 200, "", Format::Prefix, "In front of every topic of that layout, such as `boat/`; empty = nothing."},
    {"control", controlAccess(), 0, 0, "", Format::Any, "How limits reach a GX on whose D-Bus Busbar is not: `dvcc` writes them into its DVCC settings and puts the owner's values back at the end; `none` writes nothing."},
    {"dvcc.dead_band_A", at<&Config::dvcc, &DvccSettings::deadBand_A>(), 1, 100, "A", Format::Any, "Smaller increases of the current are not written, smaller cuts only after `dvcc.interval_s`, because the GX keeps its settings in flash; a cut to 0 goes at once."},
    {"dvcc.dead_band_V", at<&Config::dvcc, &DvccSettings::deadBand_V>(), 0.05, 5, "V", Format::Any, "Smaller increases of the voltage are not written, smaller cuts only after `dvcc.interval_s`."},
    {"dvcc.interval_s", at<&Config::dvcc, &DvccSettings::interval>(), 3, 3600, "s", Format::Any, "Shortest time between two writes that are no large cuts."},

    {"id",                  at<&BankConfig::bank, &BankSettings::id>(),                                  1,    32, "", Format::Id, "Short name of the bank in topics, names and files; different for every bank."},
    {"name",                at<&BankConfig::bank, &BankSettings::name>(),                                1,    64, "", Format::Any, "Name of the bank as people see it, until they change it on the GX."},
    {"preset", at<&BankConfig::bank, &BankSettings::preset>(), 0, 0, "", Format::Any, "Cell chemistry whose numbers stand in for what is not given: curves, peak control, full and empty voltages; `auto` recognises it from the charge voltage per cell."},
    {"cells",               at<&BankConfig::bank, &BankSettings::cells>(),                               0,  1000, "", Format::Any, "Cells in series of each battery; 0 = as the batteries say, list or show it by their voltages. Needed where a protection goes by it and no battery tells."},
    {"batteries",           batteriesAccess(),                                                           0,    64, "", Format::Any, "Who belongs to the bank: `auto` or an empty list = every battery with a BMS, or a list in which each entry picks one; `products:…` picks all of a kind."},
    {"capacity_Ah", at<&BankConfig::bank, &BankSettings::corrections, &CorrectionSettings::capacity_Ah>(), 0.1, 100000, "Ah", Format::Any, "Installed capacity of the bank, where its batteries do not tell; null = as they say."},
    {"per_battery", objectsAt<Kind::Objects, &BankConfig::bank, &BankSettings::corrections, &CorrectionSettings::batteries>(), 0, 64, "", Format::Any, "What the owner knows better of single batteries, also of those that others are made of: limits that one lacks, its capacity, a current that is counted wrong; see below."},
    {"override", objectsAt<Kind::SelectorsOrObjects, &BankConfig::bank, &BankSettings::corrections, &CorrectionSettings::overrides>(), 0, 16, "", Format::Any, "Services whose values replace those of the bank while they have one, limits too, but never above ceilings and curves; see below."},
    {"fallback", objectsAt<Kind::SelectorsOrObjects, &BankConfig::bank, &BankSettings::corrections, &CorrectionSettings::fallbacks>(), 0, 16, "", Format::Any, "Services whose values count where no battery of the bank gives one; see below."},
    {"exclude",             at<&BankConfig::bank, &BankSettings::membership, &MembershipSettings::excluded>(), 0, 64, "", Format::Any, "Batteries that `auto` leaves out."},
    {"hold_s",              at<&BankConfig::bank, &BankSettings::membership, &MembershipSettings::hold>(),     0, 3600, "s", Format::Any, "A battery that is lost keeps its last values this long, then it is dropped."},
    {"frozen_s",            frozenAccess(),                                                             10, 86400, "s", Format::Any, "A battery whose values have not moved this long, while those of others did or the bank worked, counts as lost."},
    {"expected",            at<&BankConfig::bank, &BankSettings::membership, &MembershipSettings::expected>(),     0, 64, "", Format::Any, "Fewer batteries than this raise an alarm; 0 = not checked."},
    {"min_batteries",       at<&BankConfig::bank, &BankSettings::membership, &MembershipSettings::minBatteries>(), 1, 64, "", Format::Any, "With fewer batteries than this the bank stops."},
    {"guard_pct",           at<&BankConfig::bank, &BankSettings::membership, &MembershipSettings::guard_pct>(),    0, 50, "%", Format::Any, "A battery takes part while its voltage is within this share of the bank's median, plus `guard_V`."},
    {"guard_V",             at<&BankConfig::bank, &BankSettings::membership, &MembershipSettings::guard_V>(),      0, 50, "V", Format::Any, "Added to the band of `guard_pct`."},
    {"publish.cells",       at<&BankConfig::bank, &BankSettings::publishCells>(),                        0,     0, "", Format::Any, "Publish every cell voltage of every battery."},
    {"publish.gx_pages",    at<&BankConfig::bank, &BankSettings::gxPages>(),                             0,     0, "", Format::Any, "Publish what the GX's screen shows of each battery: values, cells, alarms; and why limits are what they are."},
    {"publish.advice",      at<&BankConfig::bank, &BankSettings::advice, &AdviceSettings::isEnabled>(),          0,     0, "", Format::Any, "Say what to change in the settings of the GX where it is set up so that the bank does not control it; false: neither looked for nor read."},
    {"current.source", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::source>(), 0, 0, "", Format::Any, "Where the current of the bank is measured: `batteries` = their sum, `victron` = chargers and inverters minus measured loads, `shunt`."},
    {"current.shunts", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::shunts>(), 0, 16, "", Format::Any, "Shunts for `shunt`: battery services whose currents add up; `products:*Shunt*` takes all that it matches."},
    {"current.invert", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::isInverted>(), 0, 0, "", Format::Any, "The shunts count discharge as positive."},
    {"current.minus_loads", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::minusLoads>(), 0, 16, "", Format::Any, "Measured DC loads (services `dcload`) whose current is subtracted from the shunts."},
    {"current.with_vebus", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::withVebus>(), 0, 0, "", Format::Any, "For `victron`: count Multis and Quattros."},
    {"current.with_solar", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::withSolar>(), 0, 0, "", Format::Any, "For `victron`: count solar chargers."},
    {"current.with_multi", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::withMulti>(), 0, 0, "", Format::Any, "For `victron`: count Multi RS."},
    {"current.with_inverter", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::withInverter>(), 0, 0, "", Format::Any, "For `victron`: count inverters."},
    {"current.with_dcdc", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::withDcdc>(), 0, 0, "", Format::Any, "For `victron`: count DC-DC converters."},
    {"current.with_alternator", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::withAlternator>(), 0, 0, "", Format::Any, "For `victron`: count alternators."},
    {"current.with_shunts", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::withShunts>(), 0, 0, "", Format::Any, "For `victron`: add the shunts of `current.shunts`, which measure what no charger tells of."},
    {"current.with_dc_loads", at<&BankConfig::bank, &BankSettings::current, &CurrentSettings::withDcLoads>(), 0, 0, "", Format::Any, "For `victron`: count measured DC loads, as consumption."},
    {"limits.share", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::share>(), 0, 0, "", Format::Any, "How a battery's own limit bounds the bank: by its part of the current, which is learned (`adaptive`), or taken from `resistance`, `capacity` or `count`; `sum` adds the limits up, for BMSs that cut by themselves."},
    {"limits.mode", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::mode>(), 0, 0, "", Format::Any, "Whose limits count: the batteries' (`bms`), the curves (`own`), or the smaller of `both`."},
    {"limits.on_block",     at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::onBlock>(),     0,     0, "", Format::Any, "When a battery forbids charging or discharging: `reduce` takes its share out, `stop` stops the bank."},
    {"limits.cvl.mode", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::cvl, &CvlSettings::mode>(), 0, 0, "", Format::Any, "Charge voltage limit from those of the batteries: `min`, `max`, `max_when_balancing` = the smallest, but that of a battery that balances if it is higher, `max_until_all_float`; but for the largest, a battery that floats does not count while another charges or balances and peak control sees its cells; `gx` = the limit in the settings of the GX; `own` = `cell_V` times the cells. With `gx` and `own` never above the smallest of the batteries, unless `limits.mode` = `own`."},
    {"limits.cvl.cell_max_V", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::cvl, &CvlSettings::cellMax_V>(), 0, 5, "V", Format::Any, "The charge voltage is lowered so that no cell passes this; 0 = off, null = by preset."},
    {"limits.cvl.cell_diff_max_V", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::cvl, &CvlSettings::cellDiffMax_V>(), 0.001, 1, "V", Format::Any, "Cells count as equal below this difference; null = by preset."},
    {"limits.cvl.cell_V", atAs<PerMonth, &BankConfig::bank, &BankSettings::limits, &LimitSettings::cvl, &CvlSettings::cell_V>(), 1, 5, "V", Format::Any, "For `own`: charge voltage of a cell; one number, or twelve from January on; null = by preset."},
    {"limits.curves.high_cell_V", curveAccess<CurveKind::HighCell>(), 0, 5, "V", Format::Any, "Limits charge by the highest cell: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.high_cell_release_V", releaseAccess<CurveKind::HighCell>(), 0, 5, "V", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.low_cell_charge_V", curveAccess<CurveKind::LowCellCharge>(), 0, 5, "V", Format::Any, "Limits charge by the lowest cell: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.low_cell_charge_release_V", releaseAccess<CurveKind::LowCellCharge>(), 0, 5, "V", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.low_cell_V", curveAccess<CurveKind::LowCell>(), 0, 5, "V", Format::Any, "Limits discharge by the lowest cell: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.low_cell_release_V", releaseAccess<CurveKind::LowCell>(), 0, 5, "V", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.cold_charge_C", curveAccess<CurveKind::ColdCharge>(), -60, 100, "°C", Format::Any, "Limits charge by the coldest sensor: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.cold_charge_release_C", releaseAccess<CurveKind::ColdCharge>(), -60, 100, "°C", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.hot_charge_C", curveAccess<CurveKind::HotCharge>(), -60, 100, "°C", Format::Any, "Limits charge by the hottest sensor: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.hot_charge_release_C", releaseAccess<CurveKind::HotCharge>(), -60, 100, "°C", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.cold_discharge_C", curveAccess<CurveKind::ColdDischarge>(), -60, 100, "°C", Format::Any, "Limits discharge by the coldest sensor: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.cold_discharge_release_C", releaseAccess<CurveKind::ColdDischarge>(), -60, 100, "°C", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.hot_discharge_C", curveAccess<CurveKind::HotDischarge>(), -60, 100, "°C", Format::Any, "Limits discharge by the hottest sensor: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.hot_discharge_release_C", releaseAccess<CurveKind::HotDischarge>(), -60, 100, "°C", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.soc_charge_pct", curveAccess<CurveKind::SocCharge>(), 0, 100, "%", Format::Any, "Limits charge by the state of charge: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.soc_charge_release_pct", releaseAccess<CurveKind::SocCharge>(), 0, 100, "%", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.soc_discharge_pct", curveAccess<CurveKind::SocDischarge>(), 0, 100, "%", Format::Any, "Limits discharge by the state of charge: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.soc_discharge_release_pct", releaseAccess<CurveKind::SocDischarge>(), 0, 100, "%", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.spread_charge_V", curveAccess<CurveKind::SpreadCharge>(), 0, 5, "V", Format::Any, "Limits charge by the cell spread: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.spread_charge_release_V", releaseAccess<CurveKind::SpreadCharge>(), 0, 5, "V", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.curves.low_pack_V", curveAccess<CurveKind::LowPack>(), 0, 1000, "V", Format::Any, "Limits discharge by the lowest voltage of a whole battery, where nobody knows cells: [[value, factor], …], the factor 0…1 of the ceiling or of what the batteries take; false = off, null = by preset."},
    {"limits.curves.low_pack_release_V", releaseAccess<CurveKind::LowPack>(), 0, 1000, "V", Format::Any, "Where a stop by this curve ends; null = by preset, or where the curve itself says so."},
    {"limits.fallback_A", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::fallback_A>(), 0, 5000, "A", Format::Any, "Limit while a curve lacks its data."},
    {"limits.max_charge_A", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::maxCharge_A>(), 0,  5000, "A", Format::Any, "The bank never asks for more charge current; null = no ceiling."},
    {"limits.max_discharge_A", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::maxDischarge_A>(), 0, 5000, "A", Format::Any, "The bank never allows more discharge current; null = no ceiling."},
    {"limits.ramp_A_per_s", at<&BankConfig::bank, &BankSettings::limits, &LimitSettings::ramp_A>(),      0,  5000, "A/s", Format::Any, "How fast limits rise again; they fall at once; 0 = rise at once, too."},
    {"charge_target.soc_pct", at<&BankConfig::bank, &BankSettings::chargeTarget, &ChargeTargetSettings::soc_pct>(), 20, 100, "%", Format::Any, "Charge no further than this state of charge, which LFP and NMC cells like better than to rest full; null = to full. Below it by 3 %, charging begins again. With DC-coupled feed-in the GX ignores it."},
    {"charge_target.full_every_days", atAs<Days, &BankConfig::bank, &BankSettings::chargeTarget, &ChargeTargetSettings::fullEvery>(), 0, 365, "days", Format::Any, "How long after all batteries were proven full they are charged to full in spite of the target, so that they balance and counters are right; 0 = never by itself. It ends when they are full, after a week at last."},
    {"balancing.enabled", at<&BankConfig::bank, &BankSettings::balancing, &BalancingSettings::isEnabled>(), 0, 0, "", Format::Any, "With `limits.cvl.mode` = `own`: charge to a raised voltage from time to time, until the cells are equal."},
    {"balancing.cell_V", at<&BankConfig::bank, &BankSettings::balancing, &BalancingSettings::cell_V>(), 1, 5, "V", Format::Any, "The raised charge voltage of a cell; null = by preset."},
    {"balancing.every_days", atAs<Days, &BankConfig::bank, &BankSettings::balancing, &BalancingSettings::every>(), 0.5, 365, "days", Format::Any, "How long after a success the next one is wanted."},
    {"balancing.hold_s", at<&BankConfig::bank, &BankSettings::balancing, &BalancingSettings::hold>(), 0, 86400, "s", Format::Any, "Voltage and equal cells must last this long."},
    {"balancing.tolerance_V", at<&BankConfig::bank, &BankSettings::balancing, &BalancingSettings::tolerance_V>(), 0, 0.1, "V", Format::Any, "Per cell: this close to the raised voltage counts as reached."},
    {"feed_in.control", at<&BankConfig::bank, &BankSettings::feedIn, &FeedInSettings::mayWrite>(), 0, 0, "", Format::Any, "Allow Busbar to switch off DC-coupled feed-in on the GX while it would overrun the charge limit, and back on."},
    {"soc.source", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::source>(), 0, 0, "", Format::Any, "State of charge: mean of the `batteries`, of one `battery` (such as a shunt), or an own `counter`."},
    {"soc.battery", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::battery>(), 0, 1, "", Format::Any, "For `battery`: which one."},
    {"soc.efficiency_pct", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::efficiency_pct>(), 50, 100, "%", Format::Any, "For `counter`: the part of a charge that comes out again."},
    {"soc.full_cell_V", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::fullCell_V>(), 1, 5, "V", Format::Any, "For `counter`: a battery whose cells are this high is full, once its current has tailed off; null = by preset."},
    {"soc.tail_pct", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::tail_pct>(), 0.1, 100, "%", Format::Any, "For `counter`: tailed off = below this part of the capacity in one hour."},
    {"soc.full_hold_s", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::fullHold>(), 1, 3600, "s", Format::Any, "For `counter`: this long."},
    {"soc.reset_at_empty", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::resetAtEmpty>(), 0, 0, "", Format::Any, "For `counter`: set it to 0 % at `soc.empty_cell_V`."},
    {"soc.empty_cell_V", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::emptyCell_V>(), 0.5, 5, "V", Format::Any, "For `counter`: a battery with a cell this low is empty; null = by preset."},
    {"soc.save_step_pct", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::saveStep_pct>(), 0.1, 10, "%", Format::Any, "The counter is saved when it has changed by this much."},
    {"soc.cap_until_full", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::capUntilFull>(), 0, 0, "", Format::Any, "Show at most 99 % before a full charge is proven."},
    {"soc.slew_pct_per_min", at<&BankConfig::bank, &BankSettings::soc, &SocSettings::slew_pct_per_min>(), 0.01, 1000, "%/min", Format::Any, "How fast the shown value follows when a battery comes or goes."},
    {"meters.max_gap_s", at<&BankConfig::bank, &BankSettings::meters, &MeterSettings::maxGap>(), 1, 600, "s", Format::Any, "Energy and charge are not counted over longer gaps."},
    {"meters.save_every_s", at<&BankConfig::bank, &BankSettings::meters, &MeterSettings::saveEvery>(), 0, 86400, "s", Format::Any, "Meters are saved this often, and when the program ends; 0 = every 300 s, every 3600 s where the state lies on flash (SD card, eMMC, a GX), which wears out."},
    {"loss.link_timeout_s", at<&BankConfig::bank, &BankSettings::loss, &LossSettings::linkTimeout>(),    5,  3600, "s", Format::Any, "Batteries keep their last values this long after the link to the GX was lost; charging stops after 10 s. A start without data counts as such a loss after this time."},
    {"loss.safe_charge_A",  at<&BankConfig::bank, &BankSettings::loss, &LossSettings::safeCharge_A>(),   0,  5000, "A", Format::Any, "Charge limit without data."},
    {"loss.safe_discharge_A", at<&BankConfig::bank, &BankSettings::loss, &LossSettings::safeDischarge_A>(), 0, 5000, "A", Format::Any, "Discharge limit without data, after the ride-through."},
    {"loss.ride_through_s", at<&BankConfig::bank, &BankSettings::loss, &LossSettings::rideThrough>(),    0, 86400, "s", Format::Any, "The discharge limit keeps its last value this long after all data is lost, if the bank was comfortable."},
    {"loss.leave_bus_s",    at<&BankConfig::bank, &BankSettings::loss, &LossSettings::leaveBus>(),       5, 86400, "s", Format::Any, "Without data this long, the bank leaves the D-Bus, so that the GX raises its own alarm."},
    {"loss.comfort_cell_V", at<&BankConfig::bank, &BankSettings::loss, &LossSettings::comfortCell_V>(),  0,     5, "V", Format::Any, "Comfortable: the lowest cell had at least this voltage; null = by preset, without one that of LFP."},
    {"loss.comfort_soc_pct", at<&BankConfig::bank, &BankSettings::loss, &LossSettings::comfortSoc_pct>(), 0,  100, "%", Format::Any, "Comfortable: the bank had at least this state of charge."},
    {"loss.unheard", at<&BankConfig::bank, &BankSettings::loss, &LossSettings::unheard, &UnheardSettings::rule>(), 0, 0, "", Format::Any, "A lost battery may still hang on the busbar. `hold`: until it is heard again, taken out of service or proven off the busbar, limits do not rise above what they were, and its last limits, temperatures and cells stay in force; `ignore`: the bank goes on as if it were gone."},
    {"loss.unheard_cell_V", at<&BankConfig::bank, &BankSettings::loss, &LossSettings::unheard, &UnheardSettings::cell_V>(), 1, 5, "V", Format::Any, "Charge voltage of a cell while a battery is lost, which even a badly balanced one bears; null = by preset: LTO 2.40, NMC 4.05; LFP 3.315 and once 3.57, 53.3 V for 16 cells."},
    {"alarms.cell_spread_warning_V", at<&BankConfig::bank, &BankSettings::alarms, &AlarmSettings::cellSpreadWarning_V>(), 0, 5, "V", Format::Any, "Highest minus lowest cell from which a warning is given; 0 = never."},
    {"alarms.cell_spread_alarm_V", at<&BankConfig::bank, &BankSettings::alarms, &AlarmSettings::cellSpreadAlarm_V>(), 0, 5, "V", Format::Any, "Highest minus lowest cell from which an alarm is given; 0 = never."},
    {"dbus.bus",            at<&BankConfig::dbus, &dbus::BusSettings::bus>(),                            4,   256, "", Format::Bus, "Where the bank is published as a battery."},
    {"dbus.service",        at<&BankConfig::dbus, &dbus::BusSettings::service>(),                        1,    64, "", Format::Service, "Last part of com.victronenergy.battery.…; if not given, `busbar` for the first bank and `busbar_<id>` for others, of further sites `busbar_<site>_<id>`."},
    {"dbus.instance",       at<&BankConfig::dbus, &dbus::BusSettings::instance>(),                       0,   247, "", Format::Any, "Device instance that is asked for; the GX's automatic selection takes the battery with the lowest."},
    {"dbus.settings_timeout_s", at<&BankConfig::dbus, &dbus::BusSettings::settingsTimeout>(),            0,   300, "s", Format::Any, "Without the GX's settings service after this time, `dbus.instance` is used as it is."},
    {"driver_json.topic", at<&BankConfig::driver, &mqtt::DriverJsonSettings::topic>(), 0, 200, "", Format::TopicOrNone, "Topic for the driver dbus-mqtt-battery on a GX, which makes a battery of what it hears there; empty = off."},
    {"driver_json.interval_s", at<&BankConfig::driver, &mqtt::DriverJsonSettings::interval>(), 1, 30, "s", Format::Any, "How often it gets a message, also without a change; a cut limit at once. The driver gives up after 60 s of silence."},
});
// clang-format on

inline constexpr std::size_t kOptionCount = kOptions.size();
inline constexpr std::size_t kMaxBanks = 16;
inline constexpr std::size_t kMostCurvePoints = 32;

[[nodiscard]] constexpr std::optional<std::size_t> findOption(std::string_view key) {
    const auto* found = std::ranges::find(kOptions, key, &Option::key);
    return found == kOptions.end() ? std::nullopt
                                   : std::optional<std::size_t>(found - kOptions.begin());
}

/// Index of a key that is known to exist; a misspelt one does not compile.
[[nodiscard]] consteval std::size_t option(std::string_view key) {
    return findOption(key).value();
}

/// `limits` of `limits.cvl.mode` is a group, and so is `limits.cvl`.
[[nodiscard]] constexpr bool isGroupOf(std::string_view group, std::string_view key) {
    return key.size() > group.size() && key[group.size()] == '.' && key.starts_with(group);
}

/// BUSBAR_GX__TLS__CA_FILE for gx.tls.ca_file.
[[nodiscard]] std::string variableName(std::string_view key);

/// Reads on after "allowed: ": "a number 0…5000 A, or null for none".
[[nodiscard]] std::string allowedText(const Option& option);

/// A number as people write it: 25, 0.5.
[[nodiscard]] std::string numberText(double number);

/// A value as JSON has it; lists in one line, objects without what is in them. For texts about a
/// setting, not for files.
[[nodiscard]] std::string settingText(const Setting& setting);

} // namespace busbar::config
