// Explores geometries with a faulty core: passes if a violation is found in one of them.
#include <cstdio>

#include <fmt/format.h>

#include "explore/campaign.hpp"

int main(int argc, char** argv) {
    using namespace outboot::explore;
    for (int i = 1; i < argc; ++i) {
        const Outcome outcome = run_campaign(argv[i], 1, {}, {});
        fmt::print("{}: {} states\n", argv[i], outcome.progress.states);
        if (!outcome.violation) continue;
        fmt::print("found: {}\n{}\n", outcome.violation->what, to_text(argv[i], outcome.violation->history));
        return 0;
    }
    fmt::print("the mutant survives\n");
    return 1;
}
