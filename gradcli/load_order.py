"""The modules behind a small question, each after those it needs: `tests.load_order`."""

ORDER = """
cli/__init__ cli/commands/__init__ errors cli/messages engine/__init__ ir/__init__ ir/record ir/node
lower/__init__ ir/shapes lower/values syntax/__init__ lower/words syntax/tree lower/expressions
suggest lower/functions ir/op lower/gradient lower/indexing memory lower/trees lower/postfix
lower/statements lower/room lower/walk lower/interpreter syntax/names engine/settings cli/split
data/__init__ data/file_kinds data/files data/numbers ops/__init__ ir/function ir/kinds ops/records
ops/compare ops/marks ir/batching ops/keys ops/shape ops/arithmetic engine/rounding lower/names
ops/exponential ops/powers ops/kernels ops/trigonometry ops/quotients ops/matmul ops/reduce
ops/stabilize ops/vanishing ops/growing ops/names ops/catalog syntax/targets syntax/chains
syntax/actions syntax/tables syntax/lexer syntax/parser engine/program exec/__init__ exec/plain
passes/__init__ passes/batch passes/cotangent passes/forward passes/reverse passes/ruled
passes/modes engine/values cli/given cli/kinds engine/collecting engine/deadline exec/memory_left
engine/memory_limit cli/patience data/report data/formats/__init__ data/writer engine/options
data/answer engine/questions/__init__ engine/question engine/collector engine/gradient
engine/indices engine/keys engine/outcome exec/executors exec/traits threads exec/blocked engine/run
engine/request cli/options data/console cli/main data/formats/page data/formats/leaves
""".split()
