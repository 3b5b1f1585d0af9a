package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import java.nio.file.Path;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.hub.Hub;

/**
 * The policy's shape (GPT-2), or a model folder to start from.
 *
 * @param folder a model folder whose weights and tokenizer the run starts from, or such a model's
 *     name on the hub, {@code org/name[@revision]}; empty starts from scratch with the shape below
 * @param initStd standard deviation of the initial weights
 * @param adapter what is trained on top of that folder's model, if not all of its weights
 */
public record ModelConfig(
    String folder,
    int contextLength,
    int width,
    int layers,
    int heads,
    double initStd,
    AdapterConfig adapter) {
  public ModelConfig {
    require(contextLength > 1, "model.contextLength", contextLength, "> 1");
    require(layers > 0, "model.layers", layers, "> 0");
    require(heads > 0, "model.heads", heads, "> 0");
    require(
        width > 0 && width % heads == 0,
        "model.width",
        width,
        "a multiple of model.heads (" + heads + ")");
    Ranges.positive("model.initStd", initStd);
    require(
        !adapter.wanted() || !folder.isEmpty(),
        "model.adapter.rank",
        adapter.rank(),
        "0, since model.folder is empty: an adapter needs a model to stand on");
  }

  /** Where the model to start from lies; one with a name is downloaded if it is not here yet. */
  public Path path() {
    return Hub.of(System.getenv()).resolve(folder);
  }

  /** The network of a policy that starts from scratch. */
  public DecoderConfig shape(int vocabularySize) {
    return DecoderConfig.gpt2(vocabularySize, contextLength, width, layers, heads, 4 * width);
  }
}
