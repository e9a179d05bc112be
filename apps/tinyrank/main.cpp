// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "error.hpp"
#include "help.hpp"
#include "method.hpp"
#include "output.hpp"
#include "processes.hpp"
#include "tinyrank/version.hpp"

namespace {

using tinyrank::app::advise_arguments;
using tinyrank::app::convert_arguments;
using tinyrank::app::recover_arguments;

/// An unset shell variable gives an empty value, a forgotten one makes the next option the value.
std::string refuse_missing_value(const std::string& value) {
  if (value.empty()) return "the value is empty";
  if (value.starts_with("--")) return "the value is missing before " + value;
  return "";
}

void add_recover(CLI::App& app, recover_arguments& a) {
  // Every option has the group of the heading before it.
  const auto begin_group = [&](const char* name) { app.option_defaults()->group(name); };

  begin_group("What was measured");
  app.add_option("--sensing", a.sensing,
                 "KIND:FILE or KIND:n=..,m=..,seed=..; the kinds of matrices A_i are below")
      ->type_name("KIND:..")
      ->required();
  app.add_option("--measurements", a.measurements, "y.npy, the m values <A_i, X X^T>")->type_name("FILE");
  app.add_option("--planted", a.planted, "rank=..[,kappa=1][,seed=1]: draw the truth X and measure it")
      ->type_name("KEYS");
  app.add_option("--weights", a.weights,
                 "w.npy, of --method staircase and explore: m weights >= 0 of the squared residuals, such as "
                 "1 / variance")
      ->type_name("FILE");
  app.add_flag("--squared", a.squared, "of --sensing distances: the file has squared distances");
  app.add_flag("--frobenius", a.frobenius,
               "of --sensing entries, where an entry off the diagonal counts once: twice, as it does in the "
               "Frobenius norm of the whole matrix");
  app.add_option(
         "--center", a.center,
         "of a table with holes: take the least-squares fit of an overall mean and of means of rows and "
         "columns (both, the default) off the values first; or rows, or columns, alone")
      ->type_name("MEANS")
      ->expected(0, 1)
      ->default_str("both");
  app.add_option("--range", a.range,
                 "low,high of a table with holes: refuse values outside, and clip what is written")
      ->type_name("LOW,HIGH");
  app.add_option("--truth", a.truth, "M.npy: report the test error against the matrix, (n,n) or of its shape")
      ->type_name("FILE");

  begin_group("How to recover");
  app.add_option(
         "--method", a.method,
         tinyrank::app::method_choices() +
             "; the default is staircase, which is told nothing and finds the rank, and explores where that "
             "leaves a doubt; explore does so at once; with --rank or another option of the others it is "
             "gradient-descent")
      ->type_name("NAME");
  app.add_option(
         "--rank", a.rank,
         "columns r of the factor U, which all methods but the staircase need; of --method staircase: at "
         "most this many (default 16, or n)")
      ->type_name("COUNT");
  app.add_option("--explore-rank", a.explore_rank,
                 "of --method staircase and explore: columns that explore (default 64, or n)")
      ->type_name("COUNT");
  app.add_option(
         "--loss", a.loss,
         "of the same: squared (default), or huber[:delta] for measurements of which some are wild; "
         "delta: what residual, times the root of its weight, is too large (default: by their median)")
      ->type_name("NAME");
  app.add_option("--ridge", a.ridge,
                 "penalise the factor by LAMBDA ||U||^2, of a table by the nuclear norm of the matrix, by "
                 "quasi-Newton with at most --rank columns (default 16); auto: what foretells a tenth of the "
                 "measurements best")
      ->type_name("LAMBDA");
  app.add_option("--iterations", a.iterations,
                 "at most this many (default 10000); of the staircase: passes (default 5000)")
      ->type_name("COUNT");
  app.add_option(
         "--tolerance", a.tolerance,
         "recovered once the loss is at most this (default: 1e-6 of the loss at U = 0; of the staircase "
         "1e-10, in f64 1e-12)")
      ->type_name("NUMBER");
  app.add_option("--relative-tolerance", a.relative_tolerance,
                 "the same as a share of the loss at U = 0; with both, the larger counts")
      ->type_name("NUMBER");
  app.add_option("--seed", a.seed,
                 "seed of what is random: the start, or where the staircase looks (default 1)")
      ->type_name("COUNT");

  begin_group("Methods that are told the rank");
  app.add_option("--init-scale", a.init_scale,
                 "alpha in U_0 = alpha N(0, 1/r), or auto (default): 1e-3 ||X||")
      ->type_name("NUMBER");
  app.add_option("--init", a.init, "U0.npy (n,r): start here instead of at random")->type_name("FILE");
  app.add_option("--step", a.step, "step size mu, or auto (default): by the measurements")
      ->type_name("NUMBER");
  for (const auto& [name, help] : tinyrank::app::method_parameters()) {
    app.add_option_function<std::string>(
           "--" + name, [&a, key = name](const std::string& text) { a.parameters[key] = text; }, help)
        ->type_name("NUMBER");
  }
  app.add_option("--plateau-window", a.plateau_window,
                 "iterations without progress, twice, before a run is said to be on a plateau (default 250; "
                 "0: never)")
      ->type_name("COUNT");

  begin_group("What is written");
  app.add_option("--estimate-out", a.estimate_out,
                 "write the matrix that was found as .npy or .csv, with the names of rows and columns; of "
                 "distances the table of all of them")
      ->type_name("FILE");
  app.add_option(
         "--factor-out", a.factor_out,
         "write U as npy (n,r), or as csv; of a rectangular M = L R^T the rows of L, then those of R; of a "
         "complex matrix W W^H the complex W")
      ->type_name("FILE");
  app.add_option("--report", a.report, "write the result as JSON")->type_name("FILE");
  app.add_option("--trace", a.trace, "write every iteration as CSV; of the staircase every factor")
      ->type_name("FILE");
  app.add_flag("--unit-trace", a.unit_trace,
               "scale what is written and compared to a trace of 1, as a density matrix has");
  app.add_flag(
      "--unchecked", a.unchecked,
      "of the methods that are told the rank: end as they end, without the second look that asks why "
      "a loss does not fall and lets a staircase judge the answer");
  app.add_flag("--quiet", a.quiet, "print nothing but errors");

  begin_group("The machine, and long runs");
  app.add_option("--precision", a.precision, "f32 (default) or f64")->type_name("NAME");
  app.add_option(
         "--threads", a.threads,
         "default: OMP_NUM_THREADS, or the processors that this process may use; never changes the result")
      ->type_name("COUNT");
  app.add_option("--isa", a.isa,
                 tinyrank::app::instruction_set_choices() + " (default); never changes the result")
      ->type_name("NAME");
  app.add_option(
         "--shards", a.shards,
         "parts that sums are cut into, a power of two up to 4096 (default 16): the processes of mpirun "
         "have runs of them, and they alone change the last bits of the result")
      ->type_name("COUNT");
  app.add_option(
         "--memory", a.memory,
         "of matrices and vectors from a file: what they may take, such as 512M or 2G; larger ones stay "
         "in the file, and every pass reads it (default: the memory that is free)")
      ->type_name("SIZE");
  app.add_option("--checkpoint", a.checkpoint,
                 "write where the run stands to this file, at Ctrl-C and every so often; a new one takes the "
                 "place of the old one when it is complete")
      ->type_name("FILE");
  app.add_option("--checkpoint-every", a.checkpoint_every, "seconds between two of them (default 30)")
      ->type_name("SECONDS");
  app.add_option(
         "--resume", a.resume,
         "go on from the file that --checkpoint of the same run wrote, with the bits of a run that was "
         "not interrupted; it may be that of --checkpoint; threads, outputs and --iterations may differ")
      ->type_name("FILE");

  for (CLI::Option* option : app.get_options()) {
    if (option->get_expected_max() > 0) option->check(refuse_missing_value);
  }
  app.footer(
      tinyrank::app::sensing_help() +
      "\nA FILE that is read may be a pipe: <(zcat y.npy.gz), /dev/stdin.\n"
      "\nExit code: 0 recovered, or the staircase's best fit of noisy measurements; 2 bad input or usage;\n3 "
      "ended without reaching the tolerance, or with a part of the matrix missing;\n4 the measurements do "
      "not "
      "determine the answer, or do not confirm it.\n\n"
      "Ctrl-C, SIGTERM, SIGHUP, SIGXCPU and SIGUSR1 end a run that iterates after the iteration at hand:\n"
      "what was asked for is written, with the outcome interrupted, exit code 3. A second Ctrl-C ends it\n"
      "at once; nothing is written then, nor by a signal before the first iteration.");
}

void add_advise(CLI::App& app, advise_arguments& a) {
  app.add_option("--n", a.n, "side of the matrix X X^T")->type_name("COUNT")->required();
  app.add_option("--rank", a.rank,
                 "columns r of the papers' gradient descent, for theorem 3.3; the staircase needs none")
      ->type_name("COUNT");
  app.add_option("--truth-rank", a.truth_rank, "rank r* of X")->type_name("COUNT")->required();
  app.add_option("--measurements", a.measurements, "m")->type_name("COUNT")->required();
  app.add_option("--kappa", a.condition_number, "condition number ||X|| / sigma_r*(X) (default 1)")
      ->type_name("NUMBER");
  app.add_option("--norm", a.norm, "||X|| (default 1)")->type_name("NUMBER");
  app.add_option("--init-scale", a.scale,
                 "alpha to judge, with --rank (default: the one suggested by the experiments)")
      ->type_name("NUMBER");
  app.add_option("--step", a.step, "mu to judge, with --rank (default: the one suggested by the experiments)")
      ->type_name("NUMBER");
  for (CLI::Option* option : app.get_options()) {
    if (option->get_expected_max() > 0) option->check(refuse_missing_value);
  }
}

void add_convert(CLI::App& app, convert_arguments& a) {
  app.add_option("input", a.input, "A.npy, symmetric matrices, (m,n,n) or packed (m,n(n+1)/2)")->required();
  app.add_option("output", a.output, "the file to write; it appears when it is complete")->required();
  app.add_option("--format", a.format,
                 "bf16 or int8, for --sensing bf16: or int8:, or packed f32 or f64, for dense: (default: by "
                 "the end of the name, .bf16, .int8 or .npy, which is f32)")
      ->type_name("NAME");
  for (CLI::Option* option : app.get_options()) {
    if (option->get_expected_max() > 0) option->check(refuse_missing_value);
  }
  app.add_flag("--quiet", a.quiet, "print nothing but errors");
  app.footer("The matrices may be in any order and type of numbers. A run then says what rounding changed.");
}

const tinyrank::app::help_examples examples = {
    {"recover",
     {"tinyrank recover --sensing distances:examples/eurodist.csv --estimate-out map.csv",
      "tinyrank recover --sensing gaussian:n=60,m=900,seed=1 --planted rank=3,kappa=100 --report run.json",
      "tinyrank recover --sensing rank-one:n=50,m=1000 --planted rank=2 --method scaled --rank 4"}},
    {"advise",
     {"tinyrank advise --n 200 --truth-rank 5 --measurements 10000",
      "tinyrank advise --n 200 --truth-rank 5 --measurements 10000 --kappa 100",
      "tinyrank advise --n 200 --truth-rank 5 --measurements 10000 --rank 20"}},
    {"convert",
     {"tinyrank convert A.npy A.bf16", "tinyrank convert A.npy A.int8",
      "tinyrank convert A.npy packed.npy --format f32"}},
    {"info", {"tinyrank info", "tinyrank info | grep bandwidth", "OMP_NUM_THREADS=1 tinyrank info"}},
    {"completion",
     {"source <(tinyrank completion)", "tinyrank completion >> ~/.bash_completion",
      "tinyrank completion > /etc/bash_completion.d/tinyrank"}},
    {"man",
     {"tinyrank man | man -l -", "tinyrank man > tinyrank.1",
      "tinyrank man > /usr/local/share/man/man1/tinyrank.1"}},
};

/// The words that an option may have, of those with a list.
std::map<std::string, std::vector<std::string>> choices() {
  std::vector<std::string> kinds;
  for (const std::string& name : tinyrank::app::sensing_names()) kinds.push_back(name + ":");
  return {{"--sensing", kinds},
          {"--method", tinyrank::app::method_names()},
          {"--loss", {"squared", "huber"}},
          {"--center", {"both", "rows", "columns"}},
          {"--precision", {"f32", "f64"}},
          {"--format", {"bf16", "int8", "f32", "f64"}}};
}

/// One line. An unexpected word explains more than the option that is missing because of it.
std::string explanation(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unexpected = app.remaining(true);
  const bool bad_value = dynamic_cast<const CLI::ValidationError*>(&error) != nullptr;
  if (!bad_value && !unexpected.empty()) {
    return "unexpected argument " + tinyrank::app::in_quotes(unexpected.front());
  }
  const std::string text = error.what();
  return tinyrank::app::printable(text.substr(0, text.find('\n')));
}

/// The exit code, unless what was printed did not arrive.
int checked(int exit_code) {
  if (std::cout.flush()) return exit_code;
  std::cerr << "tinyrank: standard output: cannot write\n";
  return tinyrank::app::exit_bad_input;
}

/// Of several processes that fail one prints its line, and all end.
int end_by_line(const char* line) {
  using namespace tinyrank::app;
  processes::wait_for_turn();
  std::cerr << line;
  return processes::fail(exit_bad_input);
}
int ended_by(const std::string& text) {
  // In one piece: mpirun puts what it has to say itself between two.
  return end_by_line(("tinyrank: " + text + "\n").c_str());
}

int run_command(int count, char** words) {
  using namespace tinyrank::app;
  CLI::App app("tinyrank " TINYRANK_VERSION_STRING ": low-rank matrices from few linear measurements");
  app.set_version_flag("--version", TINYRANK_VERSION_STRING);
  app.require_subcommand(1);
  recover_arguments arguments;
  CLI::App* recover = app.add_subcommand("recover",
                                         "recover a low-rank matrix from measurements <A_i, X X^T>: the "
                                         "staircase finds the rank and says what the "
                                         "measurements carry of the answer; nothing else need be told");
  add_recover(*recover, arguments);
  advise_arguments advice;
  CLI::App* advise = app.add_subcommand(
      "advise", "what a recovery will cost, and what theory and experiments say of given sizes");
  add_advise(*advise, advice);
  convert_arguments conversion;
  CLI::App* convert = app.add_subcommand(
      "convert",
      "write matrices in the form in which a run reads them fastest, from memory or from the disk");
  add_convert(*convert, conversion);
  CLI::App* info = app.add_subcommand("info", "version, instruction sets, threads, memory bandwidth");
  CLI::App* completion = app.add_subcommand("completion", "print a script that completes options in bash");
  CLI::App* man = app.add_subcommand("man", "print the manual page, for man(1)");
  format_help(app, examples);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& wanted) {
    return processes::is_first() ? checked(app.exit(wanted)) : 0;
  } catch (const CLI::ParseError& error) {
    return ended_by(explanation(app, error) + " (see tinyrank " +
                    (recover->parsed()   ? "recover "
                     : advise->parsed()  ? "advise "
                     : convert->parsed() ? "convert "
                                         : "") +
                    "--help)");
  }
  for (std::string* file :
       {&arguments.measurements, &arguments.truth, &arguments.weights, &arguments.init, &conversion.input})
    *file = input_path(*file);
  if (!processes::is_first()) {
    if (!recover->parsed()) return 0;
    arguments.quiet = true;
    for (std::string* file : {&arguments.factor_out, &arguments.estimate_out, &arguments.trace,
                              &arguments.report, &arguments.checkpoint, &arguments.checkpoint_every}) {
      file->clear();
    }
  }
  if (completion->parsed() || man->parsed()) {
    std::cout << (man->parsed() ? manual_page(app, examples) : bash_completion(app, choices()));
    return checked(exit_recovered);
  }
  if (convert->parsed()) return checked(run_convert(conversion));
  if (advise->parsed()) return checked(run_advise(advice));
  return checked(info->parsed() ? run_info() : run_recover(arguments));
}

}  // namespace

int main(int count, char** words) {
  using namespace tinyrank::app;
  occupy_standard_streams();
  const processes sharing(count, words);
  remove_temporaries_on_signal();
  try {
    return run_command(count, words);
  } catch (const input_error& error) {
    return ended_by(error.what());
  } catch (const std::bad_alloc&) {
    return end_by_line("tinyrank: out of memory\n");
  } catch (const std::exception& error) {
    return ended_by(printable(error.what()));
  }
}
