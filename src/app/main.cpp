// SPDX-License-Identifier: MIT
// Entry point.
int main() { return 0; }
