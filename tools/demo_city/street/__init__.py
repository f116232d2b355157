"""The ground of a street: its plan, its layout, surfaces and paint."""
