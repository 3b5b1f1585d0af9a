/**
 * The network as data, in pure Java: what both engines agree on before either of them starts.
 *
 * <p>A {@link org.rlaif.model.ModelFolder} is a Hugging Face checkpoint folder. Its {@code
 * config.json} becomes a {@link org.rlaif.model.DecoderConfig}, which lists every tensor of the
 * network by name and shape, whatever its {@link org.rlaif.model.Family}; its {@code
 * model.safetensors}, or the shards of it, is mapped into memory as {@link org.rlaif.model.Weights}
 * by {@link org.rlaif.model.Safetensors}, in the {@link org.rlaif.model.Dtype} it has there; its
 * {@code tokenizer.json}, which {@link org.rlaif.model.BpeTrainer} can make from text, is read by
 * {@link org.rlaif.model.Tokenizer}, and the {@link org.rlaif.model.ChatTemplate} beside it says
 * how a conversation is written, and {@link org.rlaif.model.ChatPrompt} how the reply that goes on
 * with it; {@link org.rlaif.model.PromptEncoder} takes either, text or conversation. A reward model
 * keeps its {@link org.rlaif.model.ScoreScale} in the same {@code config.json}. A {@link
 * org.rlaif.model.Lora low-rank adapter} has a folder of its own, PEFT's, which names the model
 * that it stands on and opens like any other. A folder can have a name on the hub: {@link
 * org.rlaif.model.hub.Hub}.
 *
 * <p>The network itself is written twice. {@link org.rlaif.model.OnnxDecoder} is the version for
 * inference: a graph without weights, a few kilobytes derived from the configuration alone, with a
 * KV cache that is updated in place. It can be written for {@link org.rlaif.model.Quantization
 * quantised} weights and caches. Its twin for training is {@code Decoder} in the room next door, in
 * the same order, line by line. {@link org.rlaif.model.OnnxExport} writes a third, in the
 * standard's operators, for other people's tools.
 *
 * <p>Two conventions make attention masks unnecessary everywhere. Rows are padded on the right, and
 * attention looks only to the left, so a real token never sees padding. And only the hidden states
 * that predict something are handed to a head.
 */
@NullMarked
package org.rlaif.model;

import org.jspecify.annotations.NullMarked;
