namespace Orleans;

/// <summary>Sees every call that leaves this silo's grains and clients.</summary>
public interface IOutgoingGrainCallFilter
{
    Task Invoke(IOutgoingGrainCallContext context);
}
