import os

print("before")
os.system("ls")
