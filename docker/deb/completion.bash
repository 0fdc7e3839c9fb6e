# SPDX-License-Identifier: MIT
# Completion for bash: commands, their options, files and fixed words. A test compares it with the program's help.

_busbar_options() {
    case $1 in
    run) echo "--config --dry-run --seconds --health-file" ;;
    health) echo "--file" ;;
    watch) echo "--config --bank --site --record --seconds" ;;
    replay) echo "--config --site --bank --final --at --against" ;;
    check) echo "--live --seconds" ;;
    discover) echo "--url --user --password-file --fingerprint --prefix --write --json --seconds" ;;
    compare) echo "--config --with --site --bank --hours --report" ;;
    doctor) echo "--config --seconds" ;;
    config) echo "--config --schema --options --topics --effective" ;;
    migrate) echo "--out --force" ;;
    simulate)
        echo "--recording --url --speed --seconds --bus --service --seed --packs --strings --chemistry --faults --losses --feed-in" \
            "--soc --start-hour --closed-loop --days --config --report --json"
        ;;
    demo) echo "--recording --seed --strings --speed --seconds" ;;
    *) echo "--version" ;;
    esac
}

_busbar() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "run health watch replay discover doctor compare check config migrate simulate demo --help --version" -- "$word")
        return
    fi
    case $before in
    -c | --config | --record | --recording | --report | --file | --health-file | --write | --password-file | --against | --out)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --strings) mapfile -t COMPREPLY < <(compgen -W "1x2 2x2 3x2 2x4" -- "$word") && return ;;
    --chemistry) mapfile -t COMPREPLY < <(compgen -W "lfp lto nmc" -- "$word") && return ;;
    --url) mapfile -t COMPREPLY < <(compgen -W "mqtt:// mqtts://" -- "$word") && return ;;
    --bank | --site | --user | --fingerprint | --prefix | --with | --hours | --seconds | --speed | --bus | --service | --seed | --packs | --soc | --start-hour | --days) return ;;
    esac
    if [[ $command == migrate && $word != -* ]] && ((COMP_CWORD == 2)); then
        mapfile -t COMPREPLY < <(compgen -W "dab bag wvb" -- "$word")
        return
    fi
    if [[ $word != -* && $command =~ ^(check|replay|migrate)$ ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$(_busbar_options "$command") --help" -- "$word")
}

complete -F _busbar busbar
