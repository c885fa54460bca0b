"""The engines that run policies over batches of posts: *a policy is a function from posts to findings*."""
