// What is wrong with a layout file: collected, never thrown, so that one run shows everything.
#pragma once

#include <string>
#include <vector>

namespace outboot::layouts {

enum class Severity { warning, error };

struct Diagnostic {
    Severity severity = Severity::error;
    int line = 0;       // in the layout file, from 1; 0: the file as a whole
    std::string region; // name of the region concerned; empty: none
    std::string problem;
    std::string value; // what the file says; empty where nothing can be measured
    std::string limit; // what it would have to be
    std::string hint;  // what to do
};

class Diagnostics {
  public:
    void add(Diagnostic diagnostic) { all_.push_back(std::move(diagnostic)); }

    [[nodiscard]] bool failed() const {
        for (const auto& each : all_)
            if (each.severity == Severity::error) return true;
        return false;
    }
    [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }

    // In the order of the file: a reader mends from top to bottom.
    void sort_by_line();

  private:
    std::vector<Diagnostic> all_;
};

// "layout.toml:31: region 'hole': smaller than the largest chunk: 16 KB (limit: at least 32 KB)", without hint.
std::string describe(const Diagnostic& diagnostic, const std::string& file);

} // namespace outboot::layouts
