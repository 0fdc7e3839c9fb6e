// SPDX-License-Identifier: MIT
// Members of JSON objects, with patience.
#include "web/reading.hpp"

namespace busbar::web {

const rapidjson::Value* memberOf(const rapidjson::Value& from, std::string_view name) {
    if (!from.IsObject())
        return nullptr;
    const auto found = from.FindMember(rapidjson::Value(
        rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
    return found == from.MemberEnd() || found->value.IsNull() ? nullptr : &found->value;
}

std::optional<double> numberIn(const rapidjson::Value& from,
                               std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (const rapidjson::Value* value = memberOf(from, name)) {
            if (value->IsNumber())
                return value->GetDouble();
            if (value->IsBool())
                return value->GetBool() ? 1.0 : 0.0;
        }
    return std::nullopt;
}

std::string textIn(const rapidjson::Value& from, std::string_view name) {
    const rapidjson::Value* value = memberOf(from, name);
    return value != nullptr && value->IsString()
               ? std::string(value->GetString(), value->GetStringLength())
               : std::string();
}

rapidjson::Document parsed(const std::string& json) {
    rapidjson::Document document;
    document.Parse(json.data(), json.size());
    if (document.HasParseError() || !document.IsObject())
        document.SetNull();
    return document;
}

} // namespace busbar::web
