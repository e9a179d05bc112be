// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "samples.hpp"

namespace {

using namespace tinyrank::test;

using refusals = std::vector<std::pair<std::string, std::string>>;

const std::string gaussian = "--sensing gaussian:n=6,m=60 --planted rank=2 ";
const std::string unplanted = "--planted rank=2 --rank 3 ";

void check_all(const refusals& list) {
  const scratch_directory directory;
  sample().write(directory);
  directory.write("D.csv", distance_table);
  for (const auto& [arguments, named] : list) check_refused(arguments, named, directory);
}

}  // namespace

TEST_SUITE("arguments") {
  TEST_CASE("the rank") {
    check_all({
        {gaussian + "--method gradient-descent", "--rank: is missing"},
        {gaussian + "--unchecked", "--unchecked: is an option of the methods that are told the rank"},
        {gaussian + "--method explore --rank 2 --unchecked", "--unchecked: is an option of the methods"},
        {gaussian + "--ridge 1 --unchecked", "--unchecked: is an option of the methods"},
        {gaussian + "--step 1", "--rank: is missing"},
        {gaussian + "--rank 0", "--rank: '0'"},
        {gaussian + "--rank -1", "--rank: '-1'"},
        {gaussian + "--rank three", "--rank: 'three'"},
        {gaussian + "--rank 3.0", "--rank: '3.0'"},
        {gaussian + "--rank 3x", "--rank: '3x'"},
        {gaussian + "--rank 601", "--rank: 601 columns for n = 6"},
        {gaussian + "--rank 18446744073709551617", "--rank"},
        {gaussian + "--rank 3 --rank 4", "--rank"},
    });
  }

  TEST_CASE("scale and step") {
    refusals list;
    for (const std::string option : {"--init-scale", "--step"}) {
      for (const std::string value :
           {"0", "-0.0", "-1", "nan", "inf", "-inf", "fast", "1e400", "0.1x", "0,1", "1e-300", "1e39"}) {
        list.emplace_back(planted + option + " " + value, option + ": '" + value + "'");
      }
    }
    list.emplace_back(dense + "--init U0.npy --init-scale 1", "--init-scale");
    check_all(list);
  }

  TEST_CASE("counts, seed, tolerance and names") {
    check_all({
      {planted + "--iterations -1", "--iterations: '-1'"},
          {planted + "--iterations 1.5", "--iterations: '1.5'"},
          {planted + "--iterations many", "--iterations: 'many'"},
          {planted + "--iterations 4294967296", "--iterations: '4294967296'"},
          {planted + "--threads 0", "--threads: '0'"}, {planted + "--threads -1", "--threads: '-1'"},
          {planted + "--threads 1025", "--threads: '1025'"}, {planted + "--threads all", "--threads: 'all'"},
          {planted + "--seed -1", "--seed: '-1'"},
          {planted + "--seed 18446744073709551616", "--seed: '18446744073709551616'"},
          {planted + "--seed x", "--seed: 'x'"}, {planted + "--tolerance -1", "--tolerance: '-1'"},
          {planted + "--tolerance nan", "--tolerance: 'nan'"},
          {planted + "--relative-tolerance -1", "--relative-tolerance: '-1' is negative"},
          {planted + "--relative-tolerance 1", "--relative-tolerance: '1' is not below 1"},
          {planted + "--relative-tolerance 1e-300", "--relative-tolerance: '1e-300' is outside"},
          {planted + "--plateau-window -1", "--plateau-window: '-1' is not a whole number"},
          {planted + "--squared", "--squared: is for --sensing distances alone"},
          {planted + "--tolerance inf", "--tolerance: 'inf'"},
          {planted + "--tolerance small", "--tolerance: 'small'"},
          {planted + "--tolerance 1e300", "--tolerance: '1e300'"},
          {planted + "--tolerance 1e-300", "--tolerance: '1e-300'"},
          {planted + "--precision f16", "--precision: 'f16'"}, {planted + "--isa mmx", "--isa: 'mmx'"},
          {planted + "--isa AVX2", "--isa: 'AVX2'"},
#if defined(__x86_64__)
          {planted + "--isa neon", "--isa: neon"},
#else
          {planted + "--isa avx2", "--isa: avx2"},
#endif
    });
  }

  TEST_CASE("the operator") {
    check_all({
        {unplanted, "--sensing"},
        {unplanted + "--sensing dense", "--sensing: 'dense'"},
        {unplanted + "--sensing dense:", "--sensing: 'dense:'"},
        {unplanted + "--sensing A.npy", "--sensing: 'A.npy'"},
        {unplanted + "--sensing Dense:A.npy", "--sensing: 'Dense:A.npy'"},
        {unplanted + "--sensing gaussian:", "--sensing"},
        {unplanted + "--sensing gaussian:n=6", "--sensing: m="},
        {unplanted + "--sensing gaussian:m=6", "--sensing: n="},
        {unplanted + "--sensing gaussian:n=0,m=6", "--sensing n: '0'"},
        {unplanted + "--sensing gaussian:n=6,m=0", "--sensing m: '0'"},
        {unplanted + "--sensing gaussian:n=-6,m=6", "--sensing n: '-6'"},
        {unplanted + "--sensing gaussian:n=6,m=6,seed=x", "--sensing seed: 'x'"},
        {unplanted + "--sensing gaussian:n=6,m=6,n=7", "--sensing: key 'n'"},
        {unplanted + "--sensing gaussian:n=6,m=6,k=7", "--sensing: unknown key 'k'"},
        {unplanted + "--sensing gaussian:n=6,m=6,k", "--sensing: 'k'"},
        {unplanted + "--sensing gaussian:n=6,m=6,law=poisson", "--sensing law: 'poisson'"},
    });
  }

  TEST_CASE("sizes that no memory holds are refused and not tried") {
    check_all({
        {unplanted + "--sensing gaussian:n=1000000000,m=60", "--sensing n"},
        {unplanted + "--sensing gaussian:n=90000,m=1000000", "--sensing"},
        {unplanted + "--sensing gaussian:n=6,m=90000000000", "--sensing"},
        {unplanted + "--sensing gaussian:n=92681,m=1099511627776", "--sensing"},
        {unplanted + "--sensing gaussian:n=18446744073709551616,m=6", "--sensing n"},
    });
  }

  TEST_CASE("the planted truth") {
    const std::string sensing = "--sensing gaussian:n=6,m=60 --rank 3 ";
    check_all({
        {sensing + "--planted rank=0", "--planted rank: '0'"},
        {sensing + "--planted rank=7", "--planted rank: 7"},
        {sensing + "--planted rank=x", "--planted rank: 'x'"},
        {sensing + "--planted 2", "--planted: '2'"},
        {sensing + "--planted kappa=2", "--planted: rank="},
        {sensing + "--planted rank=2,kappa=0.5", "--planted kappa"},
        {sensing + "--planted rank=2,kappa=-1", "--planted kappa"},
        {sensing + "--planted rank=2,kappa=nan", "--planted kappa: 'nan'"},
        {sensing + "--planted rank=2,kappa=inf", "--planted kappa: 'inf'"},
        {sensing + "--planted rank=2,seed=-3", "--planted seed: '-3'"},
        {sensing + "--planted rank=2,noise=1", "--planted: unknown key 'noise'"},
        {sensing + "--planted rnk=2", "--planted: unknown key 'rnk'; there are rank, kappa and seed"},
        {unplanted + "--sensing gaussian:k=7", "unknown key 'k'; there are n, m, seed, law and stored"},
        {sensing + "--planted kappa=2", "--planted: rank=... is missing"},
    });
  }

  TEST_CASE("combinations that contradict each other, or say too little") {
    check_all({
        {"--sensing dense:A.npy --rank 3", "--measurements"},
        {dense + "--planted rank=2", "--measurements"},
        {"--sensing gaussian:n=6,m=60 --rank 3", "--planted"},
        {"--sensing distances:D.csv --planted rank=2 --rank 2", "--planted"},
        {"--sensing distances:D.csv --measurements y.npy --rank 2", "--measurements"},
        {planted + "--truth truth.npy", "--truth"},
    });
  }

  TEST_CASE("an unknown option or word is what the message is about") {
    check_all({
        {planted + "--sped 3", "--sped"},
        {"--sensng dense:A.npy --measurements y.npy --rank 3", "--sensng"},
        {"--sensing dense:A.npy --mesurements y.npy --rnk 3", "--mesurements"},
        {planted + "surprise", "surprise"},
        {planted + "-q", "-q"},
    });
    const scratch_directory directory;
    check_error_line(run("recovr", directory), "recovr");
    check_error_line(run("--nonsense", directory), "--nonsense");
    check_error_line(run("recover " + gaussian + "--rank", directory), "--rank");
    check_error_line(run("info --quiet", directory), "--quiet");
    check_error_line(run("", directory), "--help");
    check_error_line(run_arguments({"recover", "one\ntwo\x1b[31m"}, directory), "one\\x0atwo\\x1b[31m");
  }

  TEST_CASE("an empty value is no value: a shell variable that is not set must not go unnoticed") {
    const scratch_directory directory;
    sample().write(directory);
    for (const char* option :
         {"--measurements", "--init-scale", "--init", "--step", "--iterations", "--tolerance",
          "--relative-tolerance", "--plateau-window", "--seed", "--threads", "--precision", "--isa",
          "--truth", "--factor-out", "--trace", "--report", "--planted"}) {
      std::vector<std::string> arguments = words("--sensing gaussian:n=6,m=60 --rank 3");
      if (std::string(option) != "--planted") arguments.insert(arguments.end(), {"--planted", "rank=2"});
      arguments.insert(arguments.end(), {option, ""});
      check_arguments_refused(arguments, option, directory);
    }
  }
}
