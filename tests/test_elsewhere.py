"""What is written so in other languages is answered with the line that does it here."""

from __future__ import annotations

from time import process_time

import pytest

import gradcli
from gradcli.engine.elsewhere import line_here
from gradcli.engine.program import Text
from gradcli.engine.values import typed_value
from gradcli.engine.values_elsewhere import value_here
from gradcli.errors import GradcliError

LINES = [
    row.strip().split(" → ")
    for row in r"""
    \frac{x^2}{2} → x^2/2
    \frac{1}{2}x^{2} → (1/2)*x^2
    \frac{\sin x}{x} → (sin(x))/x
    \sin^2 x + \sqrt{x+1} → sin(x)^2 + sqrt(x+1)
    \sqrt[3]{x} \cdot \ln x → x^(1/3) * ln(x)
    e^{-x^2} → e^(-x^2)
    \alpha x + \beta → alpha*x + beta
    \lambda x^2 → λ*x^2
    \left(\frac{x}{2}\right)^2 → (x/2)^2
    \log_{2} x → log_2(x)
    \frac{d}{dx} x^2 → grad(x^2, x)
    \mathbf{w}^\top \mathbf{x} + b → w.T @ x + b
    $x^2$ → x^2
    Sin[x]^2 + Cos[x] → sin(x)^2 + cos(x)
    D[x^2, x] → grad(x^2, x)
    f[x_] := x^2 → f(x) = x^2; f(x)
    x^2 /. x -> 3 → x = 3; x^2
    {1,2,3}^2 → [1,2,3]^2
    =A1*2 → A1*2
    =$A$1*2 → A1*2
    SUM(A1,A2) → sum([A1,A2])
    PI()*POWER(x,2) → pi*pow(x,2)
    IF(x>0; 1; LN(x)) → where(x>0, 1, ln(x))
    NORM.S.DIST(x, TRUE) → ndtr(x)
    a <> b → a != b
    x.^2 ./ y → x^2 / y
    sum(1:10) → sum(range(1, 11))
    1:n → range(1, n + 1)
    [1 2; 3 4]*2 → [[1,2],[3,4]]*2
    f = @(x) x.^2; f(x) → f = x => x^2; f(x)
    x'*A*x → x.T @ A @ x
    A\b → solve(A, b)
    lambda x: x**2 → x**2
    g(lambda a, b: a*b) → None
    jax.grad(lambda x: x**2)(3.0) → jax.grad(x => x**2)(3.0)
    def f(x): return x**2 → f(x) = x**2; f(x)
    from math import sin; sin(x) → sin(x)
    with torch.no_grad(): x*2 → x*2
    w = 3; for i in range(3): w = w/2; w → w = 3; for i in range(3) { w = w/2 }; w
    [x**2 for x in [1,2,3]] → vmap(x => x**2)([1,2,3])
    sum(x**2 for x in range(4)) → sum(vmap(x => x**2)(range(4)))
    sympy.diff(x**2, x) → grad(x**2, x)
    nn.MSELoss()(x, y) → mse_loss(x, y)
    nn.ReLU()(x) → relu(x)
    nn.CrossEntropyLoss()(x, y) → F.cross_entropy(x, y)
    x > 0 ? x**2 : -x → x**2 if x > 0 else -x
    y = x > 0 ? 1 : x < -1 ? 2 : 3; y → None
    a === b && a !== c → a == b && a != c
    function f(x) { return x*x; } f(3) → f(x) = x*x; f(3)
    const y = Math.pow(x, 2); y → y = pow(x, 2); y
    (x) => { return x**2 } → x**2
    s = 0; s++; s → s = 0; s += 1; s
    x <- 3; x^2 → x = 3; x^2
    c(1,2,3)^2 → [1,2,3]^2
    x %% 2 + x %/% 2 → x % 2 + x // 2
    x %*% y → x @ y
    x & y → x and y
    derivative of x^2 → grad(x^2, x)
    the derivative of sin(y) with respect to y → grad(sin(y), y)
    d/dx x^2 → grad(x^2, x)
    ∂/∂x (x^2*y) → grad(x^2*y, x)
    d(x^2)/dx → grad(x^2, x)
    d²/dx² x^3 → grad(grad(x^3, x), x)
    x^2 where x=3 → x = 3; x^2
    x^2 at x = 3 → x = 3; x^2
    x squared plus 1 → x^2 + 1
    square root of x → sqrt(x)
    sine of x → sin(x)
    log base 2 of 8 → logb(8, 2)
    5 choose 2 → binom(5, 2)
    20% of 50 → 20/100*50
    50% * 3 → 50/100 * 3
    1'000 + 1 → 1000 + 1
    1 000 000 + 1 → 1000000 + 1
    ½x² → (1/2)*x²
    2½ + x → (2 + 1/2) + x
    cos(60 deg) → cos(60°)
    e^x sin x → e^x*sin(x)
    xsin(x) → x*sin(x)
    if(x > 0, x, -x) → where(x > 0, x, -x)
    =SUM(A1:A3) → sum([A1,A2,A3])
    =AVERAGE(B2:C3) → mean([[B2,C2],[B3,C3]])
    =SUM(A:A) → sum(A)
    =SUM(A1:A100)/COUNT(A1:A100) → sum(A)/size(A)
    =SUMPRODUCT(A1:A3,B1:B3) → sum([A1,A2,A3]*[B1,B2,B3])
    =STDEV.S(A1:A3) → std([A1,A2,A3], ddof=1)
    =NPV(r, A1:A2) → sum([A1,A2]/(1 + r)^range(1, size([A1,A2]) + 1))
    =MMULT(A,B) → A @ B
    =COMBIN(5,2)+FACT(3) → binom(5,2)+factorial(3)
    sum(i,1,10,i^2) → i = range(1, 11); sum(i^2)
    sum(i=1..10, i^2) → i = range(1, 11); sum(i^2)
    sum(i^2, i, 1, n) → i = range(1, n + 1); sum(i^2)
    sum(i^2, i=1..n) → i = range(1, n + 1); sum(i^2)
    Sum[1/k^2, {k, 1, n}] → k = range(1, n + 1); sum(1/k^2)
    Product[k, {k, 1, 5}] → k = range(1, 6); prod(k)
    \sum_{i=1}^{10} \frac{1}{i} → i = range(1, 11); sum(1/i)
    Σ(i=1..10) i^2 → i = range(1, 11); sum(i^2)
    sum(x, 1, 2, 3) → None
    torch.no_grad(); x*2 → x*2
    torch.manual_seed(0); x.cuda().sum() → x.sum()
    autograd.functional.hessian(lambda x: x**2, x) → hessian(x => x**2)(x)
    list(map(lambda x: x**2, [1,2])) → vmap(x => x**2)([1,2])
    x in [1,2,3] → any(x == [1,2,3])
    {x}*2 → x*2
    lambda row: row.x*2 → x*2
    row => row.x*2 → x*2
    pl.col("x")*2 → x*2
    df$x * 2 → x * 2
    SELECT x*y FROM t → x*y
    select x as v from t where x > 1 → where(x > 1, x, nan)
    case when x > 1 then x else y end → where(x > 1, x, y)
    cast(x as float)*2 → x*2
    x::float*2 → x*2
    x is not null → not isnan(x)
    x between 1 and 3 → 1 <= x <= 3
    coalesce(x, 0) → where(isnan(x), 0, x)
    nullif(x, 0) → where(x == 0, nan, x)
    iif(x > 0, x, y) → where(x > 0, x, y)
    \(x) x^2 → x^2
    if (x > 0) x else -x → x if x > 0 else -x
    sapply(1:3, function(i) i^2) → vmap(i => i^2)(range(1, 4))
    seq(1, 9, by=2) → range(1, 10, 2)
    rep(x, 3) → full(3, x)
    pnorm(x) + dnorm(x) → ndtr(x) + norm_pdf(x)
    t(x) %*% A %*% x → x.T @ A @ x
    solve(A) %*% b → solve(A, b)
    D(expression(x^2), 'x') → grad(x^2, x)
    x |> sum() → x.sum()
    TRUE and x > 1 → true and x > 1
    length(x)*2 → size(x)*2
    x = 0:0.5:1; sum(x) → x = linspace(0, 1, 3); sum(x)
    A = [1 2; 3 4]; A' → A = [[1,2],[3,4]]; A.T
    syms x; x^2 → x^2
    @(x) x.^2 → x^2
    D[Sin[x]^2, x] → grad(sin(x)^2, x)
    D[x^3, {x, 2}] → grad(grad(x^3, x), x)
    f[x_] := x^2; f[3] → f(x) = x^2; f(3)
    Sin[2 x] → sin(2 x)
    E^x + Pi → e^x + pi
    If[x > 0, x, -x] → where(x > 0, x, -x)
    Piecewise[{{x, x > 0}}, -x] → where(x > 0, x, -x)
    Table[i^2, {i, 3}] → vmap(i => i^2)(range(1, 4))
    {1,2}.{3,4} → [1,2] @ [3,4]
    x // Sin → sin(x)
    (#^2 &)[3] → (x => x^2)(3)
    xᵀAx → x.T @ A @ x
    x^T A x → x.T @ A @ x
    x'Ax → x.T @ A @ x
    ⟨x, y⟩ → x @ y
    (x - y)^+ → max(x - y, 0)
    x*(1 + 5%) → x*(1 + 5/100)
    ln|x| → ln(|x|)
    f(3) where f(x) = x^2 → f(x) = x^2; f(3)
    e^{-xy} → e^(-xy)
    1.234.567 + x → 1234567 + x
    1 000,5 + x → 1000.5 + x
    tg(x) + ctg(x) → tan(x) + cot(x)
    sen(x) + arctg(x) + sh(x) → sin(x) + atan(x) + sinh(x)
    х^2 → x^2
    f(x) = x^2; f.(x) + sin.(x) → f(x) = x^2; f(x) + sin(x)
    [x^2 for x in 1:3] → vmap(x => x^2)(range(1, 4))
    x |> sin → sin(x)
    =SUMME(A1;A2) → sum([A1,A2])
    =WENN(A1>0;1;2) → where(A1>0,1,2)
    =MITTELWERT(A1:A3)/WURZEL(Tabelle1!A1) → mean([A1,A2,A3])/sqrt(A1)
    x.map(v => v*2) → vmap(v => v*2)(x)
    x.toFixed(2) → round(x, 2)
    x=2,y=3,x*y → x=2; y=3; x*y
    f(x): x^2 → f(x) = x^2; f(x)
    sqrt{x} → sqrt(x)
    gradient(x^2) → grad(x^2, x)
    grad x^2 → grad(x^2, x)
    derivative(sin(x)*x) → grad(sin(x)*x, x)
    dy/dx = 2x → 2x
    y' = 2x → 2x
    y = x^3; d²y/dx² → y = x^3; grad(grad(y, x), x)
    y = x^3; dy/dx → y = x^3; grad(y, x)
    x^2 + y^2 = 25 → x^2 + y^2 == 25
    d/dx x^2 = 2x → grad(x^2, x) == 2x
    [1 2;3 4]*[5 6;7 8] → [[1,2],[3,4]] @ [[5,6],[7,8]]
    [1 2;3 4].*[5 6;7 8] → [[1,2],[3,4]]*[[5,6],[7,8]]
    A = [1 2;3 4]; b = [5;6]; A*b → A = [[1,2],[3,4]]; b = [5, 6]; A @ b
    A = [1 2;3 4]; b = [5;6]; A\b → A = [[1,2],[3,4]]; b = [5, 6]; solve(A, b)
    A = [1 2;3 4]; A'*A + A^2 → A = [[1,2],[3,4]]; A.T @ A + matrix_power(A, 2)
    =SUMIF(A1:A2,">1") → sum(where([A1,A2] >1, [A1,A2], 0))
    =COUNTIF(A1:A2,"5") → sum([A1,A2] == 5)
    =AVERAGEIF(A:A,">=2") → nanmean(where(A >=2, A, nan))
    =INDEX(A1:A2,2) → [A1,A2][1]
    =IFERROR(A1/A2,0) → where(isfinite(A1/A2), A1/A2, 0)
    [@x]/[@y] → x/y
    .x/.y → x/y
    €5*3 → 5*3
    y = x^2 {x < 0} → where(x < 0, x^2, nan)
    {x<0: x^2, x>=0: 2x} → where(x<0, x^2, where(x>=0, 2x, nan))
    {x<0: x^2, 2x} → where(x<0, x^2, 2x)
    f(x):=x*sin(x)$ diff(f(x),x) → f(x)=x*sin(x); grad(f(x), x)
    f(x)=3sin(x)$ diff(f(x),x,2) → f(x)=3sin(x); grad(grad(f(x), x), x)
    %pi*x + %e^x → pi*x + e^x
    (x^2)' → grad(x^2, x)
    y = x^2; y' → y = x^2; grad(y, x)
    dy/dx of x^2 → grad(x^2, x)
    d/dx[sin(x)cos(x)] → grad(sin(x)*cos(x), x)
    ∂(x^2 y)/∂x → grad(x^2*y, x)
    ∂²/∂x∂y (x^2*y^3) → grad(grad(x^2*y^3, x), y)
    ∇(x^2+y^2) → grad(x^2+y^2, (x, y))
    slope of x^2 at x=3 → x = 3; grad(x^2, x)
    what is the derivative of x^3? → grad(x^3, x)
    differentiate x^3 with respect to x → grad(x^3, x)
    second derivative of x^4 → grad(grad(x^4, x), x)
    f(x) = x^2; D(f)(3) → f(x) = x^2; grad(f)(3)
    f := x -> x^2; D(f)(3) → f = x => x^2; grad(f)(3)
    f(x,y) = x^2*y; ∂f/∂x(2,3) → f(x,y) = x^2*y; x = 2; y = 3; grad(f(x,y), x)
    ForwardDiff.derivative(x -> x^2, 3) → grad(x => x^2)(3)
    sum([i**2 for i in range(5) if i > 1]) → sum(vmap(i => where(i > 1, i**2, 0))(range(5)))
    x(:)'*y(:) → x @ y
    mean(x, na.rm=TRUE) → nanmean(x)
    dnorm(x, mean=0, sd=2) → norm_pdf((x - 0)/2)/2
    pmax(x, 0) → maximum(x, 0)
    apply(A, 1, sum) → sum(A, axis=1)
    A %o% x → outer(A, x)
    4*a(1) → pi
    e(l(2)/2) → exp(log(2)/2)
    3 4 + → 3 + 4
    2+2= → 2+2
    15% tip on 80 → 15/100*80
    √16 + ³√27 → √16 + cbrt(27)
    cube root of 27 → cbrt(27)
    abs -3 → abs(-3)
    2 pi (3/4) → 2 pi*(3/4)
    10C3 → binom(10, 3)
    sin(π/2 rad) → sin(π/2)
    =PMT(r,n,-P) → P*r/(1 - (1 + r)^(-n))
    =SQRT(SUMSQ(A1,A2)) → sqrt(sum([A1,A2]^2))
    \frac{\partial L}{\partial w} = (\hat{y} - y) x → (y_hat - y)*x
    \sigma(w^T x + b) → sigmoid(w.T @ x + b)
    \frac{1}{n}\sum_{i=1}^n (y_i - \hat{y}_i)^2 → (1/n)*sum((y - y_hat)^2)
    -\sum_i y_i \log p_i → -sum(y*log(p))
    \|x\|_2^2 + \lambda\|w\|_1 → norm(x, 2)^2 + λ*norm(w, 1)
    \begin{bmatrix}1&2\\3&4\end{bmatrix} x → [[1,2],[3,4]] @ x
    x^\top W^{-1} x → x.T @ inv(W) @ x
    \binom{5}{2} + 3! → binom(5, 2) + 3!
    \log_2 8 → log_2(8)
    x^\top A x + b^\top x → x.T @ A @ x + b.T @ x
    y^\top X w → y.T @ X @ w
    \mathbf{x}^{\mathrm{T}} \mathbf{A} \mathbf{x} → x.T @ A @ x
    \frac12 x^\top Q x + c^\top x → (1/2)*x.T @ Q @ x + c.T @ x
    (Ax-b)^\top (Ax-b) → (A @ x-b).T @ (A @ x-b)
    (A x - b)^T (A x - b) → (A @ x - b).T @ (A @ x - b)
    (X^\top X)^{-1} X^\top y → inv(X.T @ X) @ X.T @ y
    (x-\mu)^\top \Sigma^{-1} (x-\mu) → (x-mu).T @ inv(Sigma) @ (x-mu)
    x^\top y z → x.T @ y*z
    \theta_1 x + \theta_{0} → theta_1*x + theta_0
    x^{2}y^{3} \sin x → x^2*y^3*sin(x)
    \sin^{2}x \cos x → sin(x)^2*cos(x)
    \[x^{2}\] → x^2
    \(\frac{x}2y\) → (x/2)*y
    \frac\pi2 + \frac x2 → (pi)/2 + x/2
    \cos 2\pi x → cos(2pi*x)
    A\sin(\omega t + \phi) + \sin\omega t → A*sin(omega*t + phi) + sin(omega*t)
    e^{-\lambda t}\cos(t) → e^(-λ*t)*cos(t)
    \alpha \cdot x → alpha * x
    2sin x cos x + 3 ln 2x → 2sin(x)*cos(x) + 3 ln(2x)
    exp -x → exp(-x)
    sin x/2 → None
    $.x/$.y → x/y
    ‖x‖₂ + ∜x → norm(x, 2) + (x)^(1/4)
    e⁻ˣ + x^⁻¹ → e^-x + x^-1
    xⁿ⁺¹ → x^(n+1)
    sin30° → sin(30°)
    45°30' → (45 + 30/60)°
    3 x 4 x 5 → 3 * 4 * 5
    log_b(8) → logb(8, b)
    log_2 8 → log_2(8)
    log(8, 2) → logb(8, 2)
    log(x, base=2) → logb(x, 2)
    Log[2, x] → logb(x, 2)
    =LOG(x,2) → logb(x, 2)
    grad f where f = x^2 → grad(x^2, x)
    f(x)=x^2; f → f(x)=x^2; f(x)
    f(x)=x^2; f 4 → f(x)=x^2; f(4)
    f(x) = 3x + 2, find f(4) → f(x) = 3x + 2; f(4)
    f = x^2; f(3) → f(x) = x^2; f(3)
    let f(x) = x^2 in f(3) → f(x) = x^2; f(3)
    x^2 |_{x=3} → x = 3; x^2
    sqrt of 16 + root 9 → sqrt(16) + sqrt(9)
    3/4 + 1 1/2 → 3/4 + (1 + 1/2)
    sin 90 degrees → sin(90°)
    arctan(1) in degrees → rad2deg(arctan(1))
    5P2 + nPr(5,2) → 5!/3! + 5!/(5 - 2)!
    mean(1,2,3,4) → mean([1,2,3,4])
    sum 1 to 10 → sum(range(1, 11))
    sum(1..10) → sum(range(1, 11))
    Σ k, k=1 to 10 → k = range(1, 11); sum(k)
    -Σ y log(softmax(x)) → -sum(y*log(softmax(x)))
    7 div 2 → 7 // 2
    ⌊x/2⌋ + ⌈x/2⌉ → floor(x/2) + ceil(x/2)
    -(y log a + (1-y) log(1-a)) → -(y*log(a) + (1-y)*log(1-a))
    -[y log(a) + (1-y) log(1-a)] → -(y*log(a) + (1-y)*log(1-a))
    σ'(x)*LeakyReLU(x) → sigmoid'(x)*leaky_relu(x)
    sin(x)(1 + x) → sin(x)*(1 + x)
    w = 1; for i = 1:9 { w = w/2 }; w → w = 1; for i in range(1, 10) { w = w/2 }; w
    w = 1; for (i=0; i<9; i++) { w = w/2 }; w → w = 1; for i in range(0, 9) { w = w/2 }; w
    f(x)=x²; f' → f(x)=x²; f'(x)
    f(x)=x^2; diff(f)(3) → f(x)=x^2; grad(f)(3)
    print("x", x**2) → x**2
    y = x^2; print(y) → y = x^2; y
    =LINEST(y, x) → lstsq(vander(x, 2), y)[0]
    =CORREL(y, x)^2 + RSQ(y, x) → corrcoef(y, x)[0, 1]^2 + corrcoef(y, x)[0, 1]^2
    =LARGE(x, 1) - SMALL(x, 1) → sort(x)[-1] - sort(x)[0]
    x.pow(2).backward() → x.pow(2)
    nn.Softmax(dim=-1)(x) → softmax(x, dim=-1)
    nn.MSELoss(reduction="sum")(x, y) → mse_loss(x, y, reduction="sum")
    x.float() + x.to("cuda") → x + x
    jax.jit(lambda x: x**2)(3.) → (x => x**2)(3.)
    y = x**2; tape.gradient(y, x) → y = x**2; grad(y, x)
    x.requires_grad_(); x**2 → x**2
    assert x > 0; x*2 → x*2
    x in (1, 2) → x == 1 or x == 2
    `x`/`y` → x/y
    .[] | .x → x
    y*Φ(log(x/y)) → y*ndtr(log(x/y))
    exp(-5%*x) → exp(-5/100*x)
    tr(x) → trace(x)
    tangent line of x^2 at x=1 → None
    solve(x^2-4=0, x) → None
    einsum("ij->q", [[x]]) → None
    einsum("ij -> q", [[x]]) → None
    """.strip().splitlines()
]


@pytest.mark.parametrize(("text", "line"), LINES, ids=[text for text, _ in LINES])
def test_a_line_of_elsewhere(text: str, line: str) -> None:
    with pytest.raises(GradcliError):
        gradcli.eval(text, dict.fromkeys("x y a b c n A1 A2 alpha beta λ w".split(), 2.0))
    assert line_here(text) == (None if line == "None" else line)


@pytest.mark.parametrize("text", [line for _, line in LINES if line != "None"])
def test_a_line_that_is_shown_is_a_program(text: str) -> None:
    assert Text(text).names() is not None


@pytest.mark.parametrize(
    ("text", "given", "line"),
    [
        ("πr²", (), "π*r²"),
        ("πr²", ("πr",), None),
        ("2πr", ("r",), "2π*r"),
        ("πi", ("i",), "π*i"),
        ("sinx", (), "sin(x)"),
        ("S*exp(rT)", ("S", "r", "T"), "S*exp(r*T)"),
        ("S*exp(rT)", ("S", "rT"), None),
        ("logp + 1", ("logp",), None),
        ("x^2 + y", (), None),
        ("w0x0 + w1x1", ("w0", "x0", "w1", "x1"), "w0*x0 + w1*x1"),
        ("Se^x", ("S", "x"), "S*e^x"),
        ("pnorm(x, 2)", (), None),
        ("t(x)", ("t", "x"), None),
        ("2ab(a+b)", ("a", "b"), "2a*b*(a+b)"),
        ("2acos(b)", ("a", "b"), "2a*cos(b)"),
        ("2acos(b) + a", ("a", "b"), None),
        ("f(x,y) = x^2*y; df/dx", ("x", "y"), "f(x,y) = x^2*y; grad(f(x,y), x)"),
        ("x[1:end]", ("x",), "x[0:]"),
        ("exp[x]", ("x",), "exp(x)"),
        ("exp[x]", ("x", "exp"), None),
        ("½mv²", ("m", "v"), "(1/2)*m*v²"),
        ("3 x 4", ("x",), None),
        ("x . y", ("x", "y"), "x @ y"),
    ],
)
def test_names_that_are_products(text: str, given: tuple[str, ...], line: str | None) -> None:
    assert line_here(text, given) == line


@pytest.mark.parametrize(
    ("ranks", "line"),
    [
        ({"W": 2, "x": 1}, "W @ x + b"),
        ({"W": 2, "x": 2}, "W @ x + b"),
        ({"W": 1, "x": 2}, "W @ x + b"),
        ({"W": 1, "x": 1}, "W*x + b"),
        ({"W": 2, "x": 0}, "W*x + b"),
        ({"W": 2}, "W*x + b"),
        ({"x": 2}, "W*x + b"),
        ({}, "W*x + b"),
    ],
)
@pytest.mark.parametrize("text", ["Wx + b", "$W x + b$"])
def test_a_product_with_a_matrix(text: str, ranks: dict[str, int], line: str) -> None:
    assert line_here(text, ["W", "x", "b"], ranks=ranks) == line


@pytest.mark.parametrize("text", ["A^-1 b", "A⁻¹b", "A^(-1) * b"])
def test_an_inverse(text: str) -> None:
    assert line_here(text, ["A", "b"], ranks={"A": 2, "b": 1}) == "inv(A) @ b"


VALUES = [
    row.strip().split(" → ")
    for row in r"""
    1 2; 3 4 → 1,2; 3,4
    [1 2;3 4] → 1,2; 3,4
    [[1. 2.] [3. -4.]] → 1.,2.; 3.,-4.
    [1, 2; 3, 4] → 1, 2; 3, 4
    {1,2} → 1,2
    {{1,2},{3,4}} → 1,2; 3,4
    <1,2> → 1,2
    c(1,2,3) → 1,2,3
    [1,2,3 → [1,2,3]
    x=3 → 3
    1 234,56 → 1234.56
    1'234.5 → 1234.5
    1.000.000 → 1000000
    1.5 x 10^3 → 1.5*10^3
    6.02*^23 → 6.02e23
    1½ → 1 + 1/2
    5%, 6% → 5/100, 6/100
    -25bps → -25e-4
    $5,$6 → 5,6
    30 deg → 30°
    5 km → 5
    ,5 → 0.5
    1,2;3,4; → 1,2;3,4
    NA → nan
    '1,2' → 1,2
    0:0.5:2 → linspace(0, 2, 5)
    0:10:2 → linspace(0, 10, 6)
    abc → None
    1e5.5 → None
    """.strip().splitlines()
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text for text, _ in VALUES])
def test_a_value_of_elsewhere(text: str, value: str) -> None:
    """What is no value is answered with the one that is meant, which is read."""
    with pytest.raises(GradcliError):
        typed_value(text, "--x")
    assert value_here(text) == (None if value == "None" else f"write `{value}`")
    assert value == "None" or typed_value(value, "--x").dtype == float


def test_a_range_as_a_value() -> None:
    assert value_here("2..4") == (
        "write `range(2, 5)` for 2, 3, 4, or `linspace(2, 4, 9)` for 9 numbers"
    )
    assert (value_here("2..3") or "").startswith("write `range(2, 4)` for 2, 3, or `linspace")
    assert value_here("4..2") == "write `linspace(4, 2, 9)` for 9 numbers"


@pytest.mark.parametrize(
    "text", ["sinn(x)" + "\n" * 300, "y" + " \n" * 150 + "x y ?", "a ? b : " * 40]
)
def test_a_text_that_repeats_itself_is_answered_at_once(text: str) -> None:
    """Rules that look for two things would try each pair of places, and each pair in it."""
    start = process_time()
    with pytest.raises(gradcli.GradcliError):
        gradcli.grad(text, x=1)
    assert process_time() - start < 5  # by itself it takes half a minute
