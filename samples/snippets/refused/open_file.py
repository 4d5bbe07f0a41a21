data = open("data.txt").read()
