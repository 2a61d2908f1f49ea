using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>State of a grain that is read before the grain activates; injected where the constructor has <see cref="PersistentStateAttribute"/>.</summary>
public interface IPersistentState<TState> : IStorage<TState>;
