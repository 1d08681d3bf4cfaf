"""How vLLM 0.32.0 answers, as it was recorded (SmolLM2-135M-Instruct, `--max-model-len 512`), and how others refuse."""

CONTEXT = 512
TOO_LONG = (
    "This model's maximum context length is 512 tokens. However, your prompt contains at least 513 input tokens, which "
    "exceeds this limit even without any output tokens. Please reduce the length of the input prompt. "
    "(parameter=input_tokens, value=513)"
)


def vllm(said="The capital of France is Paris.", prompt_tokens=42, finish="stop", tokens=8):
    """A reply for `chat_server`: fields that it does not know are ignored, and of what has no room the end is cut."""

    def reply(body):
        if body["model"] != "smol":
            message = f"The model `{body['model']}` does not exist. Valid aliases: smol."
            return _refused(404, message, "NotFoundError", "model")
        if prompt_tokens > CONTEXT:
            return _refused(400, TOO_LONG, "BadRequestError", "input_tokens")
        room = min(body["max_tokens"], CONTEXT - prompt_tokens)
        count, ended = (room, "length") if finish == "length" else (tokens, "stop")
        return 200, _completion(body, said, ended, prompt_tokens, count)

    return reply


def refusing(fields, status, told, reply):
    """The same, but a request with one of the fields is refused as `told` says it of the first."""

    def strict(body):
        unknown = sorted(body.keys() & set(fields))
        return (status, told(unknown[0])) if unknown else reply(body)

    return strict


def openai(reply):
    """OpenAI knows only its own words."""
    return refusing(
        ("top_k", "min_p", "repetition_penalty", "generation_config"),
        400,
        lambda field: {"error": {"message": f"Unrecognized request argument supplied: {field}", "code": None}},
        reply,
    )


def transformers_serve(reply):
    """As transformers 5.23 has it: a generation config as JSON in place of single settings."""
    return refusing(
        ("top_k", "min_p", "repetition_penalty"),
        422,
        lambda field: {"detail": f"Unexpected fields in the request: {{'{field}'}}"},
        reply,
    )


def _refused(status, message, kind, param):
    return status, {"error": {"message": message, "type": kind, "param": param, "code": status}}


def _completion(body, said, ended, prompt_tokens, count):
    choice = {"index": 0, "logprobs": None, "finish_reason": ended, "stop_reason": None, "token_ids": None}
    if "messages" in body:
        rest = ("refusal", "annotations", "audio", "function_call", "reasoning")
        choice["message"] = {"role": "assistant", "content": said, **dict.fromkeys(rest)}
    else:
        choice |= {"text": said, "prompt_logprobs": None}
    return {
        "id": "chatcmpl-be42302156b8a6b6",
        "object": "chat.completion" if "messages" in body else "text_completion",
        "created": 1795711741,
        "model": body["model"],
        "choices": [choice],
        "service_tier": None,
        "system_fingerprint": "vllm-0.32.0-4aaeaa39",
        "usage": {
            "prompt_tokens": prompt_tokens,
            "total_tokens": prompt_tokens + count,
            "completion_tokens": count,
            "prompt_tokens_details": None,
            "completion_tokens_details": None,
        },
        "prompt_logprobs": None,
        "prompt_token_ids": None,
        "kv_transfer_params": None,
        "metrics": None,
    }
