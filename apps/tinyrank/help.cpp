// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "help.hpp"

#include <memory>
#include <sstream>

namespace tinyrank::app {
namespace {

constexpr std::size_t name_columns = 28;

/// Words of the text in lines of at most help_columns columns, all but the first of them indented.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t first) {
  std::istringstream words(text);
  std::string out, line;
  std::size_t used = first;
  for (std::string word; words >> word;) {
    if (!line.empty() && used + 1 + word.size() > help_columns) {
      out += line + "\n" + std::string(indent, ' ');
      line.clear();
      used = indent;
    }
    used += word.size() + (line.empty() ? 0 : 1);
    line += (line.empty() ? "" : " ") + word;
  }
  return out + line;
}

/// A name and what it means: beside it, or below where it is long.
std::string entry(const std::string& name, const std::string& text) {
  std::string out = "  " + name;
  if (out.size() + 2 > name_columns) {
    out += "\n" + std::string(name_columns, ' ');
  } else {
    out.resize(name_columns, ' ');
  }
  return out + wrapped(text, name_columns, name_columns) + "\n";
}

/// "-h, --help" or "--rank TEXT"
std::string spelling(const CLI::Option& option) {
  std::string name = option.get_positional() ? option.get_name() : "";
  if (!name.empty()) return name;
  for (const std::string& one : option.get_snames()) name += (name.empty() ? "-" : ", -") + one;
  for (const std::string& one : option.get_lnames()) name += (name.empty() ? "--" : ", --") + one;
  if (option.get_expected_max() == 0) return name;
  const std::string value = option.get_type_name();
  return name + (option.get_expected_min() == 0 ? " [" + value + "]" : " " + value);
}

std::string meaning(const CLI::Option& option) {
  return option.get_description() + (option.get_required() ? " (required)" : "");
}

/// " input output", or nothing
std::string positionals(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) text += " " + option->get_name();
  }
  return text;
}

bool takes_value(const CLI::Option& option) {
  return option.get_expected_max() > 0;
}

class terminal_help : public CLI::Formatter {
 public:
  explicit terminal_help(help_examples examples) : examples_(std::move(examples)) {}

  std::string make_description(const CLI::App* app) const override {
    return wrapped(app->get_description(), 0, 0) + "\n\n";
  }
  std::string make_usage(const CLI::App* app, std::string) const override {
    const bool is_program = app->get_parent() == nullptr;
    std::string text = "Usage: tinyrank " + (is_program ? std::string("SUBCOMMAND") : app->get_name()) +
                       positionals(*app) + " [OPTIONS]\n";
    const auto found = examples_.find(app->get_name());
    if (found == examples_.end()) return text;
    text += "\nExamples:\n";
    for (const std::string& line : found->second) text += "  " + line + "\n";
    return text;
  }
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    // CLI11 has two empty lines between groups.
    std::string text = Formatter::make_help(app, std::move(name), mode);
    for (std::size_t at; (at = text.find("\n\n\n")) != std::string::npos;) text.erase(at, 1);
    return text;
  }
  std::string make_option(const CLI::Option* option, bool) const override {
    return entry(spelling(*option), meaning(*option));
  }
  std::string make_subcommand(const CLI::App* subcommand) const override {
    return entry(subcommand->get_name(), subcommand->get_description());
  }

 private:
  help_examples examples_;
};

/// Text that roff takes as it is: no request, no escape, no hyphen that it may print as another character.
std::string in_roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
      out += c;
    }
  }
  return out;
}

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

void format_help(CLI::App& app, const help_examples& examples) {
  const auto formatter = std::make_shared<terminal_help>(examples);
  app.formatter(formatter);
  for (CLI::App* subcommand : app.get_subcommands([](CLI::App*) { return true; }))
    subcommand->formatter(formatter);
}

std::string manual_page(const CLI::App& app, const help_examples& examples) {
  // The description begins with the version.
  std::string text = ".TH TINYRANK 1\n.SH NAME\ntinyrank \\- " +
                     in_roff(app.get_description().substr(app.get_description().find(": ") + 2)) +
                     "\n.SH SYNOPSIS\n.B tinyrank\n.I SUBCOMMAND\n[\\fIOPTIONS\\fR]\n";
  for (const CLI::App* subcommand : subcommands_of(app)) {
    text += ".SH TINYRANK " + in_roff(subcommand->get_name()) + "\n" +
            in_roff(subcommand->get_description()) + "\n";
    const std::vector<std::string> groups = subcommand->get_groups();
    for (const std::string& group : groups) {
      if (groups.size() > 1) text += ".SS " + in_roff(group) + "\n";
      for (const CLI::Option* option : subcommand->get_options()) {
        if (option->get_group() != group) continue;
        text += ".TP\n.B " + in_roff(spelling(*option)) + "\n" + in_roff(meaning(*option)) + "\n";
      }
    }
    const auto found = examples.find(subcommand->get_name());
    if (found != examples.end()) {
      text += ".PP\nExamples:\n.nf\n";
      for (const std::string& line : found->second) text += in_roff("  " + line) + "\n";
      text += ".fi\n";
    }
    if (!subcommand->get_footer().empty())
      text += ".PP\n.nf\n" + in_roff(subcommand->get_footer()) + "\n.fi\n";
  }
  return text;
}

std::string bash_completion(const CLI::App& app,
                            const std::map<std::string, std::vector<std::string>>& choices) {
  std::vector<std::string> names;
  std::string cases;
  for (const CLI::App* subcommand : subcommands_of(app)) {
    names.push_back(subcommand->get_name());
    std::vector<std::string> options;
    for (const CLI::Option* option : subcommand->get_options()) {
      if (!option->get_lnames().empty()) options.push_back("--" + option->get_lnames().front());
    }
    cases += "    " + subcommand->get_name() + ") options='" + joined(options) + "' ;;\n";
  }
  std::string values;
  for (const auto& [option, words] : choices) {
    values +=
        "    " + option + ") COMPREPLY=($(compgen -W '" + joined(words) + "' -- \"$word\")); return ;;\n";
  }
  std::vector<std::string> with_value;
  for (const CLI::App* subcommand : subcommands_of(app)) {
    for (const CLI::Option* option : subcommand->get_options()) {
      if (takes_value(*option) && !option->get_lnames().empty())
        with_value.push_back("--" + option->get_lnames().front());
    }
  }
  // What follows a colon is a word of its own to bash, so a sensing operator's file completes after it.
  return "# tinyrank completion for bash: source <(tinyrank completion)\n"
         "_tinyrank() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
         "  COMPREPLY=()\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         joined(names) +
         " --help --version' -- \"$word\")); return\n"
         "  fi\n"
         "  case $before in\n" +
         values + "  esac\n  case ${COMP_WORDS[1]} in\n" + cases +
         "  esac\n"
         "  case \" " +
         joined(with_value) +
         " \" in *\" $before \"*) COMPREPLY=($(compgen -f -- \"$word\")); return ;; esac\n"
         "  case $before in :) COMPREPLY=($(compgen -f -- \"$word\")); return ;; esac\n"
         "  COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
         "}\n"
         "complete -o filenames -F _tinyrank tinyrank\n";
}

}  // namespace tinyrank::app
