"""The pages of a business's surveys: they show questions, mails and answers together."""
