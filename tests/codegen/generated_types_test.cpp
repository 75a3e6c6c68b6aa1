#include <station/station.hpp>

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/hana/at_key.hpp>
#include <station/validate_station.hpp>

#include <tensormerge/config/read_struct.hpp>
#include <tensormerge/document/load_yaml.hpp>

// A schema of somebody else, through the CMake function into a typed program.
namespace {

using ::testing::ElementsAre;

constexpr std::string_view full = R"(name: Harbour
class: union
default: false
height-m: 12.5
interval: 30
owner: {name: Ada, mail: ada@example.org}
observers: [{name: Bo}]
position: [54.5, 10.25]
sensors:
  wind: {unit: m/s, range: auto}
  rain: {unit: mm, range: 40}
)";

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> lines;
  const auto document = tensormerge::load_yaml(text, "s.yml");
  for (const auto& each : station::validate_station(document, "s.yml")) {
    lines.push_back(to_string(each));
  }
  return lines;
}

TEST(generated_types, hold_a_document) {
  EXPECT_THAT(problems(full), ElementsAre());
  const auto document = tensormerge::load_yaml(full, "s.yml");
  const auto read = tensormerge::read_struct<station::station>(document);
  EXPECT_EQ(read.name, "Harbour");
  EXPECT_EQ(read.class_, station::station_class::union_);
  EXPECT_EQ(to_string(read.class_), "union");
  EXPECT_FALSE(read.default_);
  EXPECT_EQ(read.height_m, 12.5);
  EXPECT_EQ(read.interval, 30);
  EXPECT_EQ(read.owner.value().mail, "ada@example.org");
  EXPECT_EQ(read.observers.at(0).name, "Bo");
  EXPECT_THAT(read.position, ElementsAre(54.5, 10.25));
  ASSERT_EQ(read.sensors.size(), 2U);
  EXPECT_EQ(read.sensors[0].first, "wind");
  EXPECT_EQ(std::get<1>(read.sensors[0].second.range.value()),
            station::station_sensor_range_2::auto_);
  EXPECT_EQ(std::get<double>(read.sensors[1].second.range.value()), 40);
  EXPECT_FALSE(read.note.has_value());
}

TEST(generated_types, keep_the_defaults_of_the_schema) {
  const station::station empty;
  EXPECT_TRUE(empty.default_);
  EXPECT_EQ(empty.height_m, 2);
  EXPECT_EQ(empty.interval, 60);
  EXPECT_THAT(station::station::required, ElementsAre("name", "class"));
}

TEST(generated_types, are_known_to_hana_by_their_json_keys) {
  station::station value;
  boost::hana::at_key(value, BOOST_HANA_STRING("class")) = station::station_class::sea;
  EXPECT_EQ(value.class_, station::station_class::sea);
  EXPECT_EQ(station::station_class_from("sea"), station::station_class::sea);
  EXPECT_EQ(station::station_class_from("air"), std::nullopt);
}

TEST(generated_validator, reports_all_problems_with_place_and_hint) {
  EXPECT_THAT(problems("nmae: Harbour\n"
                       "class: laand\n"
                       "interval: 0\n"
                       "owner: {name: Ada, mail: nobody}\n"
                       "position: [1, 2, 3]\n"
                       "observers: [{name: Bo}, {name: Bo}]\n"),
              ElementsAre(
                  "s.yml:1:1: error: unknown key `nmae`; did you mean `name`?",
                  "s.yml:2:8: error: class: wrong value, expected one of land, sea, union, "
                  "found `laand`; did you mean `land`?",
                  "s.yml:3:1: error: missing key `sensors`, which `interval` needs",
                  "s.yml:3:11: error: interval: out of range, expected at least 1, found `0`",
                  "s.yml:4:26: error: owner.mail: wrong text, expected an address, found `nobody`",
                  "s.yml:5:18: error: position: too many items, expected at most 2, found 3",
                  "s.yml:6:25: error: observers[1]: repeated item, expected different items, "
                  "found a mapping"));
}

TEST(generated_validator, checks_names_and_values_of_open_mappings) {
  EXPECT_THAT(problems("name: a\nclass: sea\nsensors:\n  Wind: {unit: m/s}\n  rain: {range: much}\n"),
              ElementsAre("s.yml:4:3: error: sensors.Wind: wrong text, expected text that matches "
                          "^[a-z]+$, found `Wind`",
                          "s.yml:5:10: error: sensors.rain: missing key `unit`; add `unit:`",
                          "s.yml:5:17: error: sensors.rain.range: wrong value, expected auto, "
                          "found `much`"));
}

}  // namespace
