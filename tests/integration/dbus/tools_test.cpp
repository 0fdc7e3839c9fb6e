// SPDX-License-Identifier: MIT
#include "core/table/path_table.hpp"
#include "dbus_test.hpp"
#include "process.hpp"

#include <gmock/gmock.h>

namespace busbar::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// The programs that owners and other clients really use.
class ToolsTest : public PublishedTest {
protected:
    std::string run(const std::vector<std::string>& arguments) {
        Process process(arguments);
        EXPECT_TRUE(pump([&] { return !process.read(); })) << arguments.front();
        EXPECT_NE(process.exitCode(), 127) << arguments.front() << " is not installed";
        return process.output();
    }
    std::string busctl(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"busctl", "--address=" + bus.address()});
        return run(arguments);
    }
    std::string call(const std::string& path, const std::string& method,
                     std::vector<std::string> more = {}) {
        std::vector<std::string> arguments = {"call", kService, path, "com.victronenergy.BusItem",
                                              method};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return busctl(arguments);
    }
    std::string gdbus(const std::string& path, const std::string& method,
                      std::vector<std::string> more = {}) {
        std::vector<std::string> arguments = {"gdbus",    "call",   "--address",     bus.address(),
                                              "--dest",   kService, "--object-path", path,
                                              "--method", method};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(arguments);
    }
    std::string dbusSend(const std::string& path, const std::string& member,
                         std::vector<std::string> more = {}) {
        std::vector<std::string> arguments = {"dbus-send",
                                              "--bus=" + bus.address(),
                                              "--print-reply=literal",
                                              std::string("--dest=") + kService,
                                              path,
                                              "com.victronenergy.BusItem." + member};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(arguments);
    }
};

TEST_F(ToolsTest, BusctlReadsRootBranchesAndLeaves) {
    const std::string items = call("/", "GetItems");
    EXPECT_THAT(items, StartsWith("a{sa{sv}} "));
    EXPECT_THAT(items, HasSubstr("\"/Soc\" 2 \"Value\" d 71.5 \"Text\" s \"71.5%\""));
    EXPECT_THAT(items, HasSubstr("\"/Soh\" 2 \"Value\" ai 0 \"Text\" s \"---\""));
    EXPECT_THAT(call("/", "GetValue"), StartsWith("v a{sv} "));
    EXPECT_THAT(call("/Dc", "GetValue"), StartsWith("v a{sv} 4 \"0/Current\" d -8 "));
    EXPECT_EQ(call("/Soc", "GetValue"), "v d 71.5\n");
    EXPECT_THAT(call("/Dc", "GetText"), StartsWith("v a{ss} 4 \"0/Current\" \"-8.0A\" "));
    EXPECT_EQ(call("/Soc", "GetText"), "s \"71.5%\"\n");
    EXPECT_EQ(call("/Soh", "GetValue"), "v ai 0\n");
    EXPECT_EQ(call("/Soh", "GetText"), "s \"---\"\n");
}

TEST_F(ToolsTest, BusctlSetsAndIsRefused) {
    EXPECT_EQ(call("/CustomName", "SetValue", {"v", "s", "Attic"}), "i 0\n");
    EXPECT_EQ(call("/CustomName", "GetValue"), "v s \"Attic\"\n");
    EXPECT_EQ(call("/CustomName", "SetValue", {"v", "i", "5"}), "i 3\n");
    EXPECT_EQ(call("/CustomName", "SetValue", {"ai", "0"}), "i 0\n");
    EXPECT_EQ(call("/CustomName", "SetValue", {"i", "5"}), "i 3\n");
    EXPECT_EQ(call("/Soc", "SetValue", {"v", "d", "5"}), "i 1\n");
    EXPECT_EQ(call("/Soc", "SetValue", {"i", "5"}), "i 1\n");
}

TEST_F(ToolsTest, BusctlListsTheTree) {
    const std::string tree = busctl({"tree", "--list", kService});
    for (const Row& r : kRows)
        EXPECT_EQ(tree.find(std::string(r.path) + "\n") != std::string::npos, isPublished(r))
            << r.path;
    EXPECT_THAT(busctl({"introspect", kService, "/Soc"}), HasSubstr("com.victronenergy.BusItem"));
}

TEST_F(ToolsTest, GdbusReadsSetsAndIntrospects) {
    EXPECT_EQ(gdbus("/Soc", "com.victronenergy.BusItem.GetValue"), "(<71.5>,)\n");
    EXPECT_EQ(gdbus("/Soc", "com.victronenergy.BusItem.GetText"), "('71.5%',)\n");
    EXPECT_EQ(gdbus("/Soh", "com.victronenergy.BusItem.GetValue"), "(<@ai []>,)\n");
    EXPECT_EQ(gdbus("/CustomName", "com.victronenergy.BusItem.SetValue", {"<'Garage'>"}), "(0,)\n");
    EXPECT_EQ(gdbus("/CustomName", "com.victronenergy.BusItem.GetValue"), "(<'Garage'>,)\n");
    EXPECT_THAT(gdbus("/Nope", "com.victronenergy.BusItem.GetValue"), HasSubstr(kUnknownObject));
    EXPECT_THAT(gdbus("/Soc", "com.victronenergy.BusItem.GetMin"), HasSubstr(kUnknownMethod));
    const std::string tree = run({"gdbus", "introspect", "--address", bus.address(), "--dest",
                                  kService, "--object-path", "/", "--recurse"});
    EXPECT_THAT(tree, HasSubstr("node /Dc/0/Voltage"));
    EXPECT_THAT(tree, HasSubstr("GetItems(out a{sa{sv}}"));
}

TEST_F(ToolsTest, DbusSendReadsAndSetsWithBareArguments) {
    EXPECT_THAT(dbusSend("/Soc", "GetValue"), HasSubstr("double 71.5"));
    EXPECT_THAT(dbusSend("/CustomName", "SetValue", {"string:Bare"}), HasSubstr("int32 0"));
    EXPECT_THAT(dbusSend("/CustomName", "SetValue", {"variant:string:Attic"}),
                HasSubstr("int32 0"));
    EXPECT_THAT(dbusSend("/CustomName", "GetValue"), HasSubstr("Attic"));
    EXPECT_THAT(dbusSend("/Soc", "SetValue", {"int32:5"}), HasSubstr("int32 1"));
}

TEST_F(ToolsTest, DbusMonitorSeesOneSignalPerChangeAndNoneOtherwise) {
    Process monitor({"dbus-monitor", "--address", bus.address(),
                     "type='signal',interface='com.victronenergy.BusItem'"});
    const auto sees = [&](const std::string& text) {
        return pump([&] {
            monitor.read();
            return monitor.output().find(text) != std::string::npos;
        });
    };
    ASSERT_TRUE(sees("NameLost")) << monitor.output(); // from here on it monitors
    for (int i = 0; i < 100; ++i)
        service.publish(snapshot);
    snapshot[row("/Soc")] = 70.0;
    service.publish(snapshot);
    snapshot[row("/Soc")] = 69.0;
    snapshot[row("/Dc/0/Current")] = 9.0;
    service.publish(snapshot);
    ASSERT_TRUE(sees("\"9.0A\"")) << monitor.output();
    const std::string& output = monitor.output();
    std::size_t signals = 0;
    for (std::size_t at = output.find("member=ItemsChanged"); at != std::string::npos;
         at = output.find("member=ItemsChanged", at + 1))
        ++signals;
    EXPECT_EQ(signals, 2U) << output;
    EXPECT_THAT(output,
                HasSubstr("path=/; interface=com.victronenergy.BusItem; member=ItemsChanged"));
    EXPECT_THAT(output, Not(HasSubstr("/Dc/0/Voltage")));
    EXPECT_THAT(output, Not(HasSubstr("PropertiesChanged")));
}

} // namespace
} // namespace busbar::test
