"""The executor that runs regions as machine code: scalar forms become LLVM IR over vectors."""
