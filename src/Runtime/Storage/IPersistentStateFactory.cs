namespace Orleans.Runtime;

/// <summary>Makes the states that constructors ask for.</summary>
public interface IPersistentStateFactory
{
    IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config);
}
