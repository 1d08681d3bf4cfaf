"""What TRL asks of vLLM, answered without it: random tokens by the generators of this process, as vLLM's own are."""

from typing import ClassVar

import torch

TOKENS = 4


class Client:
    """A server's end of it."""

    closed = 0

    def close_communicator(self):
        self.closed += 1

    def get_server_info(self):
        return {"model_config": {"logprobs_mode": "processed_logprobs"}}


class VLLM:
    """In place of TRL's VLLMGeneration; `made` holds all of them, each with what it said."""

    made: ClassVar[list] = []

    def __init__(self, model, accelerator, mode, **named):
        torch.manual_seed(accelerator.process_index)  # as vLLM does when it starts
        self.llm, self.synced, self.said, self.named = object(), 0, [], named
        if mode == "server":
            self.vllm_client = Client()
        self.made.append(self)

    def sync_weights(self):
        self.synced += 1

    def generate(self, prompts, images, num_generations, profiler):
        ids = torch.randint(8, 16, (len(prompts), TOKENS)).tolist()
        self.said.append(ids)
        return prompts, ids, [[[-2.0]] * TOKENS for _ in prompts], None
