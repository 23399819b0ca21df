return "$$";
