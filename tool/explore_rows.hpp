// What an exploration printed: one row for each geometry, as a table, as JSON that merges, and as a page.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "explore/campaign.hpp"

namespace outboot::tool {

struct ExploreRow {
    explore::Campaign campaign;
    explore::Outcome outcome;
    bool walked = false;
    std::uint64_t seed = 0; // of a walk
};

std::string explore_table_head();
std::string explore_table_line(const ExploreRow& row);

nlohmann::json to_json(const std::vector<ExploreRow>& rows);
// Of several documents: walks of one geometry are added up, of explorations the one that came furthest counts.
// Throws Failure that names the file if it isn't what to_json() writes.
std::vector<ExploreRow> merge_rows(const std::vector<std::string>& files);

// One HTML file that needs nothing else: the table, and a picture of one history.
std::string explore_page(const std::vector<ExploreRow>& rows);

} // namespace outboot::tool
