// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <complex>
#include <cstring>
#include <exception>
#include <limits>
#include <string>
#include <utility>

#include "tinyrank/sensing.hpp"

namespace tinyrank::python {

namespace py = pybind11;

/// A Python object with measure(U) and adjoint_times(w, V) as an operator (sensing.hpp: user_operator). Its
/// verbs are called without the lock of the interpreter, and take it. The library expects no exception: the
/// first one is kept in `failure`, and from then on the verbs write NaN, which ends every run.
template <class T>
class numpy_operator {
 public:
  std::size_t n = 0;  ///< rows of the real factor
  std::size_t measurement_count = 0;
  factor_shape form = {};
  py::object mine;
  mutable std::exception_ptr failure;
  /// By Ctrl-C, in a verb; which is then called again, so that the iteration has an end.
  mutable bool was_interrupted = false;

  void measure(const workspace<T>&, factor_view<const T> u, T* y) const noexcept {
    const bool done = guard([&] {
      const Real found = real_array("measure", mine.attr("measure")(factor_array(u)));
      require_shape("measure", found, {measurement_count});
      std::memcpy(y, found.data(), measurement_count * sizeof(T));
    });
    if (done) return;
    for (std::size_t i = 0; i < measurement_count; ++i) y[i] = std::numeric_limits<T>::quiet_NaN();
  }

  void adjoint_times(const workspace<T>&, const T* w, factor_view<const T> v,
                     factor_view<T> out) const noexcept {
    std::memset(out.data, 0, out.rank * out.stride * sizeof(T));
    const bool done = guard([&] {
      Real weights(static_cast<py::ssize_t>(measurement_count));
      std::memcpy(weights.mutable_data(), w, measurement_count * sizeof(T));
      write_factor("adjoint_times", mine.attr("adjoint_times")(weights, factor_array(v)), out);
    });
    if (done) return;
    for (std::size_t c = 0; c < v.rank; ++c) {
      for (std::size_t j = 0; j < n; ++j) out(j, c) = std::numeric_limits<T>::quiet_NaN();
    }
  }

  void project(factor_view<T> u) const noexcept {
    guard([&] { write_factor("project", mine.attr("project")(factor_array(u)), u); });
  }

  [[nodiscard]] factor_shape shape() const noexcept { return form; }

 private:
  using Real = py::array_t<T, py::array::c_style | py::array::forcecast>;
  using Complex = py::array_t<std::complex<T>, py::array::c_style | py::array::forcecast>;

  [[noreturn]] static void refuse(const std::string& verb, const std::string& what) {
    throw py::value_error(verb + ": " + what);
  }

  static Real real_array(const char* verb, const py::object& found) {
    const py::array any = py::array::ensure(found);
    if (!any) refuse(verb, "returned no array");
    if (std::string("fiub").find(any.dtype().kind()) == std::string::npos)
      refuse(verb, "returned an array of " + py::str(py::handle(any.dtype())).cast<std::string>() +
                       ", not of real numbers");
    const Real real = Real::ensure(any);
    if (!real) refuse(verb, "returned no array of real numbers");
    return real;
  }

  static void require_shape(const char* verb, const py::array& found,
                            std::initializer_list<std::size_t> wanted) {
    bool is_right = static_cast<std::size_t>(found.ndim()) == wanted.size();
    std::string text;
    for (std::size_t axis = 0; axis < wanted.size(); ++axis) {
      const std::size_t side = *(wanted.begin() + axis);
      is_right = is_right && static_cast<std::size_t>(found.shape(static_cast<py::ssize_t>(axis))) == side;
      text += std::to_string(side) + (axis + 1 < wanted.size() ? ", " : wanted.size() == 1 ? "," : "");
    }
    if (is_right) return;
    const std::string got = py::str(found.attr("shape"));
    refuse(verb, "returned an array of shape " + got + ", not (" + text + ")");
  }

  /// What a verb returned instead of a factor.
  void write_factor(const char* verb, const py::object& found, factor_view<T> out) const {
    if (form.kind == factor_kind::complex) {
      const Complex image = Complex::ensure(found);
      if (!image) refuse(verb, "returned no array of complex numbers");
      require_shape(verb, image, {n / 2, out.rank});
      for (std::size_t c = 0; c < out.rank; ++c) {
        for (std::size_t j = 0; j < n / 2; ++j) {
          out(j, c) = image.data()[j * out.rank + c].real();
          out(n / 2 + j, c) = image.data()[j * out.rank + c].imag();
        }
      }
      return;
    }
    const Real image = real_array(verb, found);
    require_shape(verb, image, {n, out.rank});
    for (std::size_t c = 0; c < out.rank; ++c) {
      for (std::size_t j = 0; j < n; ++j) out(j, c) = image.data()[j * out.rank + c];
    }
  }

  /// A copy that the callee may keep and change.
  [[nodiscard]] py::array factor_array(factor_view<const T> u) const {
    const auto rank = static_cast<py::ssize_t>(u.rank);
    if (form.kind == factor_kind::complex) {
      const std::size_t d = n / 2;
      Complex array({static_cast<py::ssize_t>(d), rank});
      for (std::size_t j = 0; j < d; ++j) {
        for (std::size_t c = 0; c < u.rank; ++c)
          array.mutable_data()[j * u.rank + c] = {u(j, c), u(d + j, c)};
      }
      return array;
    }
    Real array({static_cast<py::ssize_t>(n), rank});
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t c = 0; c < u.rank; ++c) array.mutable_data()[j * u.rank + c] = u(j, c);
    }
    return array;
  }

  template <class Call>
  bool guard(Call call) const noexcept {
    if (failure) return false;
    const py::gil_scoped_acquire lock;
    for (;;) {
      try {
        call();
        return true;
      } catch (const py::error_already_set& raised) {
        const bool is_first = raised.matches(PyExc_KeyboardInterrupt) && !was_interrupted;
        was_interrupted = was_interrupted || is_first;
        if (is_first) continue;
        failure = std::current_exception();
      } catch (...) {
        failure = std::current_exception();
      }
      return false;
    }
  }
};

}  // namespace tinyrank::python
