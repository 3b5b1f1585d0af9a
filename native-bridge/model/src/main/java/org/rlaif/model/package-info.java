/**
 * The network as data, in pure Java: what both engines agree on before either of them starts.
 *
 * <p>A {@link org.rlaif.model.ModelFolder} is a Hugging Face checkpoint folder. Its {@code
 * config.json} becomes a {@link org.rlaif.model.DecoderConfig}, which lists every tensor of the
 * network by name and shape, whatever its {@link org.rlaif.model.Family}; its {@code
 * model.safetensors}, or the shards of it, is mapped into memory as {@link org.rlaif.model.Weights}
 * by {@link org.rlaif.model.Safetensors}, in the {@link org.rlaif.model.Dtype} it has there. A
 * reward model keeps its {@link org.rlaif.model.ScoreScale} in the same {@code config.json}. A
 * {@link org.rlaif.model.Lora low-rank adapter} has a folder of its own, PEFT's, which names the
 * model that it stands on and opens like any other. {@link org.rlaif.model.PromptEncoder} makes
 * tokens of what training reads.
 *
 * <p>Around it, with arrows from left to right only:
 *
 * <pre>
 * onnx ▶ model ▶ text ▶ jinja      the network as a graph; this; tokens; the language of templates
 *          └───▶ hub               names of models and the folders that they have
 * </pre>
 *
 * <p>The network itself is written twice, in {@link org.rlaif.model.onnx} and, for training, in the
 * room next door. Two conventions make attention masks unnecessary in both. Rows are padded on the
 * right, and attention looks only to the left, so a real token never sees padding. And only the
 * hidden states that predict something are handed to a head.
 */
@NullMarked
package org.rlaif.model;

import org.jspecify.annotations.NullMarked;
