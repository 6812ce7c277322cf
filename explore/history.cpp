#include "explore/history.hpp"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace outboot::explore {
namespace {

constexpr std::string_view letters = "bstpco"; // in the order of Actor

std::uint16_t take_number(std::string_view& text) {
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) throw std::invalid_argument(fmt::format("a number is missing before `{}`", text));
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool take(std::string_view& text, char letter) {
    const bool there = !text.empty() && text.front() == letter;
    if (there) text.remove_prefix(1);
    return there;
}

Step parse_step(std::string_view text) {
    const std::string whole(text);
    const std::size_t actor = text.empty() ? std::string_view::npos : letters.find(text.front());
    if (actor == std::string_view::npos)
        throw std::invalid_argument(fmt::format("`{}` is no step of a history", whole));
    text.remove_prefix(1);
    Step step;
    step.actor = static_cast<Actor>(actor);
    if (step.actor == Actor::stage) step.image = static_cast<std::uint8_t>(take_number(text));
    if (take(text, '.')) {
        for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
            step.choices.push_back(static_cast<std::uint8_t>(text.front() - '0'));
        }
    }
    if (take(text, '@')) {
        step.operation = take_number(text);
        if (step.operation == 0) {
            step.cut = Cut::before;
        } else if (take(text, 'i')) {
            step.cut = Cut::inside;
        } else if (take(text, 'd')) {
            step.cut = Cut::dead;
        } else if (take(text, 'a')) {
            step.cut = Cut::after;
        } else {
            throw std::invalid_argument(fmt::format("`{}`: `i`, `d` or `a` is missing after the operation", whole));
        }
    }
    if (!text.empty()) throw std::invalid_argument(fmt::format("`{}`: what is `{}`?", whole, text));
    return step;
}

} // namespace

std::string to_text(const Step& step) {
    std::string text(1, letters[static_cast<std::size_t>(step.actor)]);
    if (step.actor == Actor::stage) text += fmt::format("{}", step.image);
    if (!step.choices.empty()) {
        text += '.';
        for (const auto choice : step.choices) text += static_cast<char>('0' + choice);
    }
    if (step.cut == Cut::before) text += "@0";
    if (step.cut == Cut::inside) text += fmt::format("@{}i", step.operation);
    if (step.cut == Cut::dead) text += fmt::format("@{}d", step.operation);
    if (step.cut == Cut::after) text += fmt::format("@{}a", step.operation);
    return text;
}

std::string to_text(const std::string& geometry, const std::vector<Step>& history) {
    std::string line = geometry;
    for (std::size_t i = 0; i < history.size(); ++i) line += (i == 0 ? ":" : ",") + to_text(history[i]);
    return line;
}

std::string headline(const Step& step) {
    switch (step.actor) {
    case Actor::boot:
        return "the device is switched on";
    case Actor::stage:
        return fmt::format("the application stages image {}", step.image);
    case Actor::request_test:
        return "the application requests a test";
    case Actor::request_permanent:
        return "the application requests a permanent installation";
    case Actor::confirm:
        return "the application confirms";
    case Actor::off:
        break;
    }
    return "the device is switched off";
}

std::vector<Step> parse_history(const std::string& steps) {
    std::vector<Step> history;
    for (std::size_t at = 0; at <= steps.size();) {
        const std::size_t end = std::min(steps.find(',', at), steps.size());
        history.push_back(parse_step(std::string_view(steps).substr(at, end - at)));
        at = end + 1;
    }
    return history;
}

} // namespace outboot::explore
