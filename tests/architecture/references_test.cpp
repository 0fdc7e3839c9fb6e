// SPDX-License-Identifier: MIT
#include "architecture/references.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::architecture {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const FileNames& few() {
    static const FileNames kNames = {"README.md", "src/core/charge/soc.hpp",
                                     "src/core/limits/peak.hpp", "mqtt/VENUS.md",
                                     "docker/paho/make"};
    return kNames;
}

Findings inComment(const std::string& comment) {
    return checkReferences("src/core/bank.cpp", comment, few());
}

TEST(References, InCommentsNameFilesThatAreThere) {
    EXPECT_THAT(inComment("// see soc.hpp, limits/peak.hpp and mqtt/VENUS.md.\n// (docker/paho) "
                          "src/core/charge/soc: all\n"),
                IsEmpty());
    EXPECT_THAT(inComment("\n// see specification.md.\n"),
                ElementsAre(AllOf(HasSubstr("src/core/bank.cpp:2: "),
                                  HasSubstr("names specification.md,"))));
    EXPECT_THAT(inComment("// (tests/gone, mqtt/VENUS.txt) ../VENUS.md\n"), SizeIs(3));
    EXPECT_THAT(inComment("// oc.hpp\n"), SizeIs(1)) << "an end of a name is no name";
}

TEST(References, ToSectionsAreToPublicStandards) {
    EXPECT_THAT(inComment("// MQTT 3.1.1 §4.7.3 (no NUL) and\n/// §3.3.2.1; RFC 1035 §2.3.4\n"),
                IsEmpty());
    EXPECT_THAT(inComment("// the steps of §11.\n"), ElementsAre(HasSubstr("section")));
}

TEST(References, OfScriptsAreInTheirLinesOfComment) {
    EXPECT_EQ(commentsOfScript("#!x\n a=b # c\n\t# d\n"), "#!x\n        \n # d\n");
}

TEST(References, ToPlacesOfAMachineAreNone) {
    EXPECT_THAT(inComment("// /data/apps/ctl.sh\n"), IsEmpty());
}

Findings linksOf(const std::string& text) {
    return checkLinks({{"mqtt/VENUS.md", text}, {"README.md", "# Busbar\n\n## On a GX, now\n"}},
                      few());
}

TEST(Links, LeadToFilesAndHeadings) {
    EXPECT_THAT(linksOf("# A `b` c\n[x](../README.md) [y](#a-b-c) [z](../README.md#on-a-gx-now)\n"
                        "[w](../docker/paho) [v](https://example.org/x.md)\n"),
                IsEmpty());
    EXPECT_THAT(linksOf("\n[x](gone.md)\n"),
                ElementsAre(AllOf(HasSubstr("mqtt/VENUS.md:2: "), HasSubstr("no file: gone.md"))));
    EXPECT_THAT(linksOf("[x](../README.md#nowhere) [y](#here)\n"), SizeIs(2));
    EXPECT_THAT(linksOf("[x](../../outside.md)\n"), SizeIs(1));
    EXPECT_THAT(linksOf("`[x](gone.md)`\n```\n[x](gone.md)\n# here\n```\n"), IsEmpty()) << "code";
}

} // namespace
} // namespace busbar::architecture
