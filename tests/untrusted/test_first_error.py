"""What tools print when they fail, and the line of it that a person would point at."""

from __future__ import annotations

import pytest

from bot.untrusted.log import first_error

PRINTED: dict[str, tuple[str, str | None]] = {
    "pytest": (
        """============================= test session starts ==============================
collected 40 items
tests/test_errors.py::test_error_handling PASSED [  2%]
tests/test_cart.py::test_total FAILED [  5%]
=================================== FAILURES ===================================
__________________________________ test_total __________________________________
    def test_total():
>       assert total() == 81
E       assert 90 == 81
tests/test_cart.py:12: AssertionError
""",
        "E       assert 90 == 81",
    ),
    "pytest collection": (
        """collecting ... collected 0 items / 1 error
==================================== ERRORS ====================================
_______________ ERROR collecting tests/test_cart.py _______________
ImportError while importing test module '/app/tests/test_cart.py'.
E   ModuleNotFoundError: No module named 'shop'
""",
        "E   ModuleNotFoundError: No module named 'shop'",
    ),
    "python": (
        """Starting
Traceback (most recent call last):
  File "/app/run.py", line 3, in <module>
    raise ValueError("no such thing")
ValueError: no such thing
""",
        "ValueError: no such thing",
    ),
    "jest": (
        """PASS src/errors/ErrorBoundary.test.js
FAIL src/cart.test.js
  Cart
    ✓ renders (12 ms)
    ✕ totals (5 ms)

  ● Cart › totals

    expect(received).toBe(expected) // Object.is equality

    Expected: 81
    Received: 90
""",
        "● Cart › totals",
    ),
    "go test": (
        """=== RUN   TestErrorPath
--- PASS: TestErrorPath (0.00s)
=== RUN   TestTotal
    cart_test.go:12: total = 90, want 81
--- FAIL: TestTotal (0.00s)
FAIL
exit status 1
FAIL\tgithub.com/acme/web/cart\t0.003s
""",
        "cart_test.go:12: total = 90, want 81",
    ),
    "go build": (
        """# github.com/acme/web/cart
cart/cart.go:12:9: undefined: Discount
""",
        "cart/cart.go:12:9: undefined: Discount",
    ),
    "go panic": (
        """panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
""",
        "panic: runtime error: index out of range [3] with length 3",
    ),
    "gradle": (
        """> Task :compileJava UP-TO-DATE
> Task :test FAILED

CartTest > totals() FAILED
    org.opentest4j.AssertionFailedError: expected: <81> but was: <90>
        at CartTest.java:12

2 tests completed, 1 failed

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':test'.
""",
        "org.opentest4j.AssertionFailedError: expected: <81> but was: <90>",
    ),
    "gradle compile": (
        """> Task :compileJava FAILED
/app/src/main/java/Cart.java:12: error: cannot find symbol
    Discount d;
FAILURE: Build failed with an exception.
""",
        "/app/src/main/java/Cart.java:12: error: cannot find symbol",
    ),
    "maven": (
        """[INFO] Scanning for projects...
[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0
[ERROR] Failures:
[ERROR]   CartTest.totals:12 expected: <81> but was: <90>
[INFO] BUILD FAILURE
""",
        "[ERROR]   CartTest.totals:12 expected: <81> but was: <90>",
    ),
    "rspec": (
        """..F

Failures:

  1) Cart totals with a discount
     Failure/Error: expect(cart.total).to eq(81)

       expected: 81
            got: 90

3 examples, 1 failure
""",
        "Failure/Error: expect(cart.total).to eq(81)",
    ),
    "tsc": (
        """src/cart.ts(12,5): error TS2322: Type 'string' is not assignable to type 'number'.
src/errors.ts compiled
""",
        "src/cart.ts(12,5): error TS2322: Type 'string' is not assignable to type 'number'.",
    ),
    "tsc pretty": (
        """src/cart.ts:12:5 - error TS2322: Type 'string' is not assignable to type 'number'.

12     total = "x";
Found 1 error in src/cart.ts:12
""",
        "src/cart.ts:12:5 - error TS2322: Type 'string' is not assignable to type 'number'.",
    ),
    "eslint": (
        """
/app/src/errors.js
   3:1  warning  Unexpected console statement  no-console
  12:5  error    'total' is not defined        no-undef

✖ 2 problems (1 error, 1 warning)
""",
        "12:5  error    'total' is not defined        no-undef",
    ),
    "npm": (
        """npm WARN deprecated request@2.88.2
npm ERR! code ERESOLVE
npm ERR! ERESOLVE unable to resolve dependency tree
""",
        "npm ERR! ERESOLVE unable to resolve dependency tree",
    ),
    "npm new": (
        """npm error code E404
npm error 404 Not Found - GET https://registry/none
""",
        "npm error 404 Not Found - GET https://registry/none",
    ),
    "docker build": (
        """#8 [4/6] RUN pip install -r requirements.txt
#8 2.155 ERROR: No matching distribution found for shopp==1.0
#8 ERROR: process "/bin/sh -c pip install" did not complete successfully: exit code: 1
------
 > [4/6] RUN pip install -r requirements.txt:
ERROR: failed to solve: process "/bin/sh -c pip install" did not complete successfully: exit code: 1
""",
        "#8 2.155 ERROR: No matching distribution found for shopp==1.0",
    ),
    "docker pull": (
        """latest: Pulling from acme/web
Error response from daemon: manifest for acme/web:latest not found: manifest unknown
""",
        "Error response from daemon: manifest for acme/web:latest not found: manifest unknown",
    ),
    "rust": (
        """   Compiling web v0.1.0
error[E0308]: mismatched types
 --> src/main.rs:2:5
""",
        "error[E0308]: mismatched types",
    ),
    "cargo test": (
        """test cart::error_path ... ok
test cart::total ... FAILED

failures:

---- cart::total stdout ----
thread 'cart::total' panicked at src/cart.rs:12:5:
assertion `left == right` failed
""",
        "thread 'cart::total' panicked at src/cart.rs:12:5:",
    ),
    "make": (
        """cc -c cart.c
cart.c:12:5: error: expected ';' before '}' token
make: *** [Makefile:3: cart.o] Error 1
""",
        "cart.c:12:5: error: expected ';' before '}' token",
    ),
    "make alone": (
        """./check
make: *** [Makefile:3: check] Error 1
""",
        "make: *** [Makefile:3: check] Error 1",
    ),
    "bash": (
        """/bin/bash: line 1: frobnicate: command not found
""",
        "/bin/bash: line 1: frobnicate: command not found",
    ),
    "git": (
        """Cloning
fatal: could not read Username for 'https://github.com': terminal prompts disabled
""",
        "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    ),
    "quiet": (
        """all is well
0 errors, 0 warnings
""",
        None,
    ),
    "decoys": (
        """Using error_handler.rb
Installing errorprone 2.3
[INFO] no errors
DEBUG retry_on_error=true
--fail-on-error enabled
12 passed, 0 failed
""",
        None,
    ),
}


@pytest.mark.parametrize(("text", "line"), PRINTED.values(), ids=PRINTED.keys())
def test_the_line_that_tells_the_reason_is_picked_out(text: str, line: str | None) -> None:
    assert first_error(text) == line
