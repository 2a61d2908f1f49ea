using Orleans.Runtime;

namespace Orleans;

/// <summary>The base of interfaces by which grains call back objects that are not grains.</summary>
public interface IGrainObserver : IAddressable;
