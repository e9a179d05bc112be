// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// tinyrank._tinyrank: what the package calls, with arrays that it has checked. A class for each precision.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <string>
#include <string_view>

#include "apps/common/default_threads.hpp"
#include "apps/common/error.hpp"
#include "numpy_operator.hpp"
#include "operators.hpp"
#include "options.hpp"
#include "runs.hpp"
#include "tinyrank/version.hpp"
#include "watched_operator.hpp"

namespace tinyrank::python {
namespace {

using clock = std::chrono::steady_clock;

element element_of(const py::array& given, const std::string& argument) {
  const py::dtype type = given.dtype();
  const std::string code = std::string(1, type.kind()) + std::to_string(type.itemsize());
  const bool is_native = type.attr("isnative").cast<bool>();
  constexpr std::array<std::pair<const char*, element>, 6> known = {{{"f4", element::f32},
                                                                     {"f8", element::f64},
                                                                     {"c8", element::c64},
                                                                     {"c16", element::c128},
                                                                     {"u4", element::u32},
                                                                     {"u8", element::u64}}};
  for (const auto& [name, of] : known) {
    if (is_native && code == name) return of;
  }
  throw refusal(argument + ": dtype " + py::str(py::handle(type)).cast<std::string>() + " is not taken");
}

array_view view_of(const py::array& given, const std::string& argument) {
  array_view seen{static_cast<const std::byte*>(given.data()), element_of(given, argument), {}, {}};
  for (py::ssize_t axis = 0; axis < given.ndim(); ++axis) {
    seen.shape.push_back(static_cast<std::size_t>(given.shape(axis)));
    seen.strides.push_back(given.strides(axis));
  }
  return seen;
}

/// Lets signals through and shows progress, at every factor that a run passes. Both need the lock of the
/// interpreter, which other threads may keep for long: without a callback it is asked for once in a
/// millisecond, or so seldom that a tenth of the time goes into the wait.
template <class T>
class pulse {
 public:
  pulse(py::object progress, const numpy_operator<T>* own) : progress_(std::move(progress)), own_(own) {}

  [[nodiscard]] bool is_interrupted() const {
    return is_interrupted_ || (own_ != nullptr && own_->was_interrupted);
  }
  [[nodiscard]] std::exception_ptr failure() const {
    return own_ != nullptr && own_->failure ? own_->failure : failure_;
  }

  /// Whether there was a signal before the first factor, and there is nothing to give back.
  bool is_over_before_begun() {
    if (has_begun_) return false;
    if (!failure() && !is_interrupted()) at_times([this] { return check_signals(); });
    is_over_before_begun_ = failure() || is_interrupted();
    return is_over_before_begun_;
  }
  [[nodiscard]] bool was_over_before_begun() const { return is_over_before_begun_; }

  bool operator()(const seen& now) {
    has_begun_ = true;
    if (failure() || is_interrupted()) return false;
    if (!has_progress_) return at_times([this] { return check_signals(); });
    const py::gil_scoped_acquire lock;
    return check_signals() && show(now);
  }

 private:
  /// What `look` says, which is called with the lock of the interpreter; true where it is not yet time.
  template <class Look>
  bool at_times(Look look) {
    const clock::time_point asked = clock::now();
    if (asked < next_) return true;
    const py::gil_scoped_acquire lock;
    const bool goes_on = look();
    const clock::time_point done = clock::now();
    next_ = done + std::max<clock::duration>(std::chrono::milliseconds(1), 10 * (done - asked));
    return goes_on;
  }

  bool check_signals() {
    return keeping_what_is_raised([] {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      return true;
    });
  }
  bool show(const seen& now) {
    return keeping_what_is_raised(
        [&] { return progress_(now.iteration, now.loss, now.rank).ptr() != Py_False; });
  }

  template <class Call>
  bool keeping_what_is_raised(Call call) {
    try {
      return call();
    } catch (const py::error_already_set& raised) {
      is_interrupted_ = raised.matches(PyExc_KeyboardInterrupt);
      if (!is_interrupted_) failure_ = std::current_exception();
    }
    return false;
  }

  py::object progress_;
  bool has_progress_ = !progress_.is_none();
  const numpy_operator<T>* own_;
  bool has_begun_ = false;
  bool is_over_before_begun_ = false;
  bool is_interrupted_ = false;
  std::exception_ptr failure_;
  clock::time_point next_;
};

template <class T>
py::array_t<T> array_of(const std::vector<T>& data, std::size_t rows, std::size_t columns) {
  py::array_t<T> array({static_cast<py::ssize_t>(rows), static_cast<py::ssize_t>(columns)});
  std::copy(data.begin(), data.end(), array.mutable_data());
  return array;
}

template <class T>
py::array_t<T> array_of(const rows_of_factor<T>& rows) {
  return array_of(rows.data, rows.n, rows.rank);
}

template <class Value>
py::array_t<Value> line_of(const std::vector<Value>& data) {
  return py::array_t<Value>(static_cast<py::ssize_t>(data.size()), data.data());
}

template <class T>
void describe(py::dict& all, const answer<T>& found) {
  all["factor"] = array_of(found.factor);
  all["trace"] = line_of(found.trace);
  all["singular_values"] = line_of(found.singular_values);
  all["factor_bits"] = found.factor_bits;
  all["seconds"] = found.seconds;
}

/// An operator of the catalogue, or one of the user's own.
template <class T>
class held_problem {
 public:
  held_problem(const std::string& name, std::size_t n, std::size_t columns, std::size_t m, std::uint64_t seed,
               std::int32_t form, const std::vector<py::array>& arrays, const std::string& argument) {
    ingredients of{n, columns, m, seed, form, {}, argument};
    for (const py::array& each : arrays) of.arrays.push_back(view_of(each, argument));
    {
      const py::gil_scoped_release unlocked;
      build(made_, name, of);
    }
    if (of.is_borrowed) borrowed_ = arrays;
  }

  held_problem(py::object mine, std::size_t n, std::size_t m, std::int32_t kind, std::size_t rows) {
    own_ = std::make_unique<numpy_operator<T>>();
    own_->n = n;
    own_->measurement_count = m;
    own_->form = {static_cast<factor_kind>(kind), rows};
    own_->mine = std::move(mine);
    require(make_operator(*own_, made_.sensing));
    if (!py::hasattr(own_->mine, "project")) made_.sensing.functions.project = nullptr;
  }

  [[nodiscard]] std::size_t n() const { return made_.sensing.n; }
  [[nodiscard]] std::size_t m() const { return made_.sensing.measurement_count; }
  [[nodiscard]] bool is_borrowing() const { return !borrowed_.empty(); }

  py::dict recover(const py::object& y, const py::dict& options) {
    const keywords given(options);
    const recovery_options<T> told = recovery_options_of<T>(given, m());
    const T* numbers = keywords::numbers_of<T>(y, "y", m());
    recovered_answer<T> found;
    py::dict all;
    run(options, all, [&](const sensing_operator<T>& sensing, pulse<T>& watch) {
      found = python::recover<T>(made_, sensing, numbers, told, std::ref(watch));
    });
    describe(all, found);
    const recovery_report<T>& report = found.report;
    all["outcome"] = to_string(report.result);
    all["verdict"] = to_string(report.verdict);
    all["rank"] = report.rank_found;
    all["iterations"] = report.passes;
    all["loss"] = static_cast<double>(report.loss);
    all["zero_loss"] = static_cast<double>(report.zero_loss);
    all["noise_estimate"] = static_cast<double>(report.noise_estimate);
    all["smallest_eigenvalue"] = static_cast<double>(report.smallest_eigenvalue);
    all["certificate_gap"] = static_cast<double>(report.certificate_gap);
    all["unknowns"] = report.unknowns;
    all["condition"] = static_cast<double>(report.condition);
    all["smallest_singular_value"] = static_cast<double>(report.smallest_singular_value);
    all["instruction_set"] = to_string(report.isa);
    all["arena_bytes"] = report.arena_bytes;
    all["held_out_error"] = static_cast<double>(report.held_out_error);
    all["held_out"] = report.held_out;
    all["explored"] = report.explored;
    all["ambiguous"] = report.ambiguous;
    all["outliers"] = report.outliers;
    all["worst_outlier"] = report.worst_outlier;
    all["counted"] = found.counted;
    all["mirrored"] = found.mirrored ? py::object(py::int_(*found.mirrored)) : py::object(py::none());
    all["directions"] = array_of(found.directions);
    all["freedom"] = array_of(found.freedom);
    return all;
  }

  py::dict descend(const py::object& y, const std::string& method, const py::dict& options) {
    const keywords given(options);
    const T* numbers = keywords::numbers_of<T>(y, "y", m());
    descended_answer<T> found;
    py::dict all;
    bool is_known = false;
    catalogue::for_each_method<T>([&](auto row, auto defaults) {
      if (method != row.name) return;
      is_known = true;
      const auto told = descent_options_of<T>(row, defaults, given, n());
      run(options, all, [&](const sensing_operator<T>& sensing, pulse<T>& watch) {
        found = python::descend<T>(sensing, numbers, told, method_of(told), std::ref(watch));
      });
    });
    if (!is_known) throw refusal("method: '" + method + "' is no method of descent");
    describe(all, found);
    const descent_report<T>& report = found.report;
    all["outcome"] = to_string(report.result);
    all["rank"] = found.factor.rank;
    all["iterations"] = report.iterations;
    all["loss"] = static_cast<double>(report.loss);
    all["zero_loss"] = static_cast<double>(report.zero_loss);
    all["step_size"] = static_cast<double>(report.step_size);
    all["step_reductions"] = report.step_reductions;
    all["initial_scale"] = static_cast<double>(report.initial_scale);
    all["instruction_set"] = to_string(report.isa);
    all["arena_bytes"] = report.arena_bytes;
    return all;
  }

  py::dict ridge(const py::object& y, const py::dict& options) {
    const keywords given(options);
    app::ridge_options told;
    given.read_plan(told);
    given.read("rank", told.rank);
    given.read("iteration_limit", told.iteration_limit);
    if (given.has("ridge")) given.read("ridge", told.lambda.emplace());
    // The measurements are copied: those of a part of them have to be.
    problem<T> a;
    a.measured_by = "y";
    const T* numbers = keywords::numbers_of<T>(y, "y", m());
    a.y.assign(numbers, numbers + m());
    if (const T* weights = given.numbers<T>("weights", m()); weights != nullptr)
      a.weights.assign(weights, weights + m());
    app::ridge_result found;
    answer<T> way;
    py::dict all;
    run(options, all, [&](const sensing_operator<T>& sensing, pulse<T>& watch) {
      require(check_plan(told.plan));
      a.sensing = sensing;
      found = app::fit_ridge<T>(
          a, told, way.factor.data,
          [&](const app::ridge_step& step) {
            way.trace.push_back(
                {step.iterations, static_cast<std::uint32_t>(step.rank), step.loss, step.lambda});
          },
          [&](std::uint32_t iteration, double loss) {
            return watch({iteration, static_cast<std::uint32_t>(told.rank), loss, 0});
          });
    });
    way.factor.n = n();
    way.factor.rank = told.rank;
    way.singular_values = found.sigma;
    way.factor_bits = found.factor_bits;
    way.seconds = found.seconds;
    describe(all, way);
    all["outcome"] = found.ended == outcome::recovered ? "minimum" : to_string(found.ended);
    all["rank"] = found.numerical_rank;
    all["iterations"] = found.iterations;
    all["loss"] = found.loss;
    all["zero_loss"] = found.zero_loss;
    all["ridge"] = found.lambda;
    all["largest_ridge"] = found.largest;
    all["rms"] = found.rms;
    all["held_out"] = found.held_out;
    all["held_out_rms"] = found.held_out_rms ? py::object(py::float_(*found.held_out_rms)) : py::none();
    all["is_path_end"] = found.is_path_end;
    all["instruction_set"] = to_string(found.isa);
    all["arena_bytes"] = found.arena_bytes;
    return all;
  }

  py::array_t<T> measure(const py::object& u, std::size_t rank, std::uint32_t threads) {
    const T* numbers = keywords::numbers_of<T>(u, "U", n() * rank);
    py::array_t<T> y(static_cast<py::ssize_t>(m()));
    T* out = y.mutable_data();
    alone(
        [&] { python::measure<T>(made_, numbers, rank, plan_of(threads), instruction_set::automatic, out); });
    return y;
  }

  py::array_t<T> adjoint_times(const py::object& w, const py::object& v, std::size_t rank,
                               std::uint32_t threads) {
    const T* weights = keywords::numbers_of<T>(w, "w", m());
    const T* numbers = keywords::numbers_of<T>(v, "V", n() * rank);
    py::array_t<T> image({static_cast<py::ssize_t>(n()), static_cast<py::ssize_t>(rank)});
    T* out = image.mutable_data();
    alone([&] {
      python::adjoint_times<T>(made_, weights, numbers, rank, plan_of(threads), instruction_set::automatic,
                               out);
    });
    return image;
  }

  py::list check(const py::dict& options) {
    const keywords given(options);
    check_options<T> told;
    given.read_plan(told);
    given.read("rank", told.rank);
    given.read("tolerance", told.tolerance);
    operator_report report;
    alone([&] { report = python::check<T>(made_, told); });
    py::list findings;
    for (std::size_t i = 0; i < operator_property_count; ++i) {
      const operator_finding& each = report.findings[i];
      findings.append(py::make_tuple(to_string(static_cast<operator_property>(i)), each.discrepancy,
                                     each.tolerance, each.passed()));
    }
    return findings;
  }

 private:
  static execution_plan plan_of(std::uint32_t threads) {
    execution_plan plan;
    plan.threads = threads;
    return plan;
  }

  /// Calls use without the lock of the interpreter; what Python raised in it comes first.
  template <class Use>
  void alone(Use use) {
    const auto mine = [&] { return own_ ? own_->failure : std::exception_ptr(); };
    try {
      const py::gil_scoped_release unlocked;
      use();
    } catch (const std::runtime_error&) {
      if (!mine()) throw;
    }
    if (const std::exception_ptr raised = mine()) std::rethrow_exception(raised);
    if (own_ && own_->was_interrupted) {
      PyErr_SetNone(PyExc_KeyboardInterrupt);
      throw py::error_already_set();
    }
  }

  template <class Use>
  void run(const py::dict& options, py::dict& all, Use use) {
    const py::object progress =
        options.contains("progress") ? py::object(options["progress"]) : py::object(py::none());
    pulse<T> watch(progress, own_.get());
    const watched_operator<T, pulse<T>> watched(made_.sensing, watch);
    const sensing_operator<T> sensing = watched.table();
    try {
      const py::gil_scoped_release unlocked;
      use(sensing, watch);
    } catch (const std::runtime_error&) {
      if (!watch.failure() && !watch.was_over_before_begun()) throw;
    }
    if (const std::exception_ptr raised = watch.failure()) std::rethrow_exception(raised);
    if (watch.was_over_before_begun()) {
      PyErr_SetNone(PyExc_KeyboardInterrupt);
      throw py::error_already_set();
    }
    all["interrupted"] = watch.is_interrupted();
  }

  problem<T> made_;
  std::vector<py::array> borrowed_;  ///< which `made_` refers to
  std::unique_ptr<numpy_operator<T>> own_;
};

/// What the command line would say, of its options: "--ridge auto: .." is of the argument ridge.
std::string with_names_of_arguments(std::string text) {
  const std::string_view automatic = "--ridge auto";
  if (text.starts_with(automatic)) return "ridge" + text.substr(automatic.size());
  return text.starts_with("--") ? text.substr(2) : text;
}

template <class T>
void bind(py::module_& module, const char* name) {
  using held = held_problem<T>;
  py::class_<held>(module, name)
      .def(py::init<const std::string&, std::size_t, std::size_t, std::size_t, std::uint64_t, std::int32_t,
                    const std::vector<py::array>&, const std::string&>())
      .def(py::init<py::object, std::size_t, std::size_t, std::int32_t, std::size_t>())
      .def_property_readonly("n", &held::n)
      .def_property_readonly("m", &held::m)
      .def_property_readonly("is_borrowing", &held::is_borrowing)
      .def("recover", &held::recover)
      .def("descend", &held::descend)
      .def("ridge", &held::ridge)
      .def("measure", &held::measure)
      .def("adjoint_times", &held::adjoint_times)
      .def("check", &held::check);
  const bool is_single = sizeof(T) == sizeof(float);
  module.def(is_single ? "planted_truth32" : "planted_truth64",
             [](std::size_t n, std::size_t rank, double condition, std::uint64_t seed) {
               return array_of(planted_truth<T>(n, rank, condition, seed), n, rank);
             });
  module.def(
      "factor_bits",
      [](const py::array_t<T, py::array::c_style>& u) {
        return bits_of<T>(u.data(), static_cast<std::size_t>(u.shape(0)),
                          static_cast<std::size_t>(u.shape(1)));
      },
      py::arg("factor").noconvert());
}

}  // namespace
}  // namespace tinyrank::python

PYBIND11_MODULE(_tinyrank, module) {
  using namespace tinyrank::python;
  PYBIND11_NUMPY_DTYPE(seen, iteration, rank, loss, step_size);
  py::register_exception_translator([](std::exception_ptr raised) {
    try {
      if (raised) std::rethrow_exception(raised);
    } catch (const refusal& why) {
      PyErr_SetString(PyExc_ValueError, why.what());
    } catch (const tinyrank::app::input_error& why) {
      PyErr_SetString(PyExc_ValueError, with_names_of_arguments(why.what()).c_str());
    }
  });
  bind<float>(module, "Problem32");
  bind<double>(module, "Problem64");
  module.def("operator_names", &operator_names);
  module.def("method_names", [] {
    std::vector<std::string> names;
    tinyrank::catalogue::for_each_method<double>([&](auto row, auto) { names.emplace_back(row.name); });
    return names;
  });
  module.def("default_threads", &tinyrank::app::default_threads);
  module.attr("__version__") = TINYRANK_VERSION_STRING;
}
