# SPDX-License-Identifier: MIT
# Lays out what a package-lock.json names: cmake -DNPM=PROGRAM -DFROM=FOLDER -DFOLDER=FOLDER -P npm.cmake. Scripts of packages are not run.
file(MAKE_DIRECTORY ${FOLDER})
file(COPY ${FROM}/package.json ${FROM}/package-lock.json DESTINATION ${FOLDER})
execute_process(
    COMMAND ${NPM} ci --prefix ${FOLDER} --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1 --loglevel=error
    RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "npm did not get what ${FROM}/package-lock.json names; it needs its registry once, or its cache. "
        "A build without the web page needs neither: cmake -DBUSBAR_PAGE=OFF")
endif()
