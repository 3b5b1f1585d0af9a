/**
 * LibTorch behind a narrow door: the network as something that can be differentiated and improved.
 *
 * <p>Everything of {@code org.bytedeco} stays in this package. What others see is a handful of
 * types. A {@link org.rlaif.torch.Tensor} is a value with shape and gradient history; its methods
 * never change it. A {@link org.rlaif.torch.Scope} owns the tensors born inside it, because native
 * memory is invisible to the garbage collector: when the scope closes, they are gone, except those
 * it was told to {@linkplain org.rlaif.torch.Scope#keep keep}. A {@link org.rlaif.torch.Network} is
 * a decoder with its parameters, which outlive all scopes until it is closed; with an adapter it
 * shares them with other networks and trains the adapter alone. What it computes is the {@code
 * Decoder}, line by line the twin of the one that serves. An {@link org.rlaif.torch.Optimizer}
 * moves what is trained along its gradients. A training step therefore reads:
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   optimizer.zeroGrad();
 *   Tensor loss = network.logprobs(sequences, 1.0).mean().neg(); // ()
 *   optimizer.backward(loss);
 *   optimizer.clipGradients(1.0);
 *   optimizer.step(learningRate);
 * }
 * }</pre>
 *
 * <p>There is no attention mask and no padding outside the network. {@link
 * org.rlaif.torch.Sequences} are ragged and travel packed, one row behind the other; for attention
 * they are padded on the right, and causal attention never lets a real token see what stands to its
 * right. Only the hidden states that predict a completion token reach a head, so log-probabilities,
 * values and losses are flat lists (N) and their mean is the mean over tokens.
 *
 * <p>Same seed, same inputs, same number of threads: same bits. Initial weights come from a
 * generator of their own, nothing here draws from LibTorch's.
 */
@NullMarked
package org.rlaif.torch;

import org.jspecify.annotations.NullMarked;
