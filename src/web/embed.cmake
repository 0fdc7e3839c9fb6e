# SPDX-License-Identifier: MIT
# Writes the source that has files built in, packed once for all clients: cmake -DOUT=FILE -DFILES=FOLDER -DPAGE=FOLDER -P embed.cmake
# A folder that is not there has no files. Needs gzip.
set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")
set(type_png "image/png")
set(type_ico "image/x-icon")
set(type_webmanifest "application/manifest+json")

set(paths "")
foreach(folder ${FILES} ${PAGE})
    file(GLOB_RECURSE found LIST_DIRECTORIES false RELATIVE ${folder} ${folder}/*)
    foreach(path IN LISTS found)
        list(APPEND paths ${path})
        set("folder_of_${path}" ${folder})
    endforeach()
endforeach()
list(SORT paths)

set(data "")
set(rows "")
set(number 0)
foreach(path IN LISTS paths)
    get_filename_component(extension ${path} LAST_EXT)
    string(SUBSTRING ${extension} 1 -1 extension)
    if(NOT DEFINED type_${extension})
        message(FATAL_ERROR "${path}: no content type is known for .${extension}")
    endif()
    set(file "${folder_of_${path}}/${path}")
    execute_process(COMMAND gzip -9nc ${file} OUTPUT_FILE ${OUT}.gz COMMAND_ERROR_IS_FATAL ANY)
    file(SHA256 ${file} hash)
    string(SUBSTRING ${hash} 0 16 hash)
    file(READ ${OUT}.gz bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
    string(APPEND data "constexpr auto kFile${number} = std::to_array<unsigned char>({${bytes}});\n")
    string(APPEND rows "    {\"${path}\", \"${type_${extension}}\", kFile${number}, \"\\\"${hash}\\\"\"},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(REMOVE ${OUT}.gz)

file(WRITE ${OUT}.new "// SPDX-License-Identifier: MIT
// Files that are built into the program; written by embed.cmake.
#include \"web/assets.hpp\"

#include <array>

namespace busbar::web {

namespace {

${data}
constexpr auto kAssets = std::to_array<Asset>({
${rows}});

} // namespace

std::span<const Asset> assets() {
    return kAssets;
}

const Asset* findAsset(std::string_view path) {
    for (const Asset& asset : kAssets)
        if (asset.path == path)
            return &asset;
    return nullptr;
}

} // namespace busbar::web
")
file(COPY_FILE ${OUT}.new ${OUT})
file(REMOVE ${OUT}.new)
