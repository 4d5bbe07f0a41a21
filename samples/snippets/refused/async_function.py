async def numbers():
    return 1
