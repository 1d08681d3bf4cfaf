"""What no tool's configuration says, or says otherwise: told in the README, never left out in silence."""

from __future__ import annotations

from experiments.run.recipes.recipe import Recipe


def unequal(recipe: Recipe) -> list[str]:
    """Sentences on what of this schedule is lost in any of the tools."""
    trainings = [one.stage.training for one in recipe.stages]
    methods = {training.method for training in trainings}
    stops = [name for one in recipe.stages for name in one.stage.mixture if recipe.domains[name].stop]
    found = [
        "Data: `data/stage-K` holds the examples that stage K draws, in its order: its shares are exact, and one pass "
        "over it is the stage. Another number of steps needs other files.",
        "Random numbers are drawn otherwise, so weights and scores will differ as those of another seed do.",
    ]
    if any(training.optimizer == "carry" for training in trainings):
        found.append("`optimizer: carry`: every stage begins with a fresh optimizer here.")
    if any(one.stage.part != (0.0, 1.0) for one in recipe.stages):
        found.append(
            "`schedule.rate`: the learning rate runs over several stages there; here each stage has the whole of its "
            "`lr_schedule`. Set the rates by hand."
        )
    if any(training.kl and training.kl_to == "base" for training in trainings):
        found.append("`kl_to: base`: the penalty holds to the model that a stage starts from.")
    if "grpo" in methods and stops:
        found.append(
            f"`stop` ({', '.join(dict.fromkeys(stops))}): completions go on to the end token; the rewards see them cut."
        )
    if "sft" in methods and any(one.loss == "sequence" for one in trainings if one.method == "sft"):
        found.append("`loss: sequence` of SFT: the loss is the mean over a batch's tokens, not of each example's mean.")
    if recipe.lora and not recipe.lora.alpha.is_integer():
        found.append(f"LoRA: alpha is a whole number here, {round(recipe.lora.alpha)}; it was {recipe.lora.alpha:g}.")
    return found
