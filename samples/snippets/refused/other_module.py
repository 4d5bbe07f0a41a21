import pandas as pd

print("before")
table = pd.DataFrame({"x": [1, 2]})
