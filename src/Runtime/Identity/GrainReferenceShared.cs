using Actors.Runtime.Invocation;
using Actors.Runtime.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.CodeGeneration;

namespace Orleans.Runtime;

/// <summary>What all references of one grain type and one interface have in common; made once and kept by the runtime.</summary>
public class GrainReferenceShared
{
    internal GrainReferenceShared(
        GrainType grainType, GrainInterfaceType interfaceType, ushort interfaceVersion, InvokeMethodOptions options, IServiceProvider services, IGrainCallSender sender, object? route)
    {
        GrainType = grainType;
        InterfaceType = interfaceType;
        InterfaceVersion = interfaceVersion;
        InvokeMethodOptions = options;
        ServiceProvider = services;
        Sender = sender;
        Route = route;
    }

    public GrainType GrainType { get; }

    public GrainInterfaceType InterfaceType { get; }

    public ushort InterfaceVersion { get; }

    public InvokeMethodOptions InvokeMethodOptions { get; }

    public IServiceProvider ServiceProvider { get; }

    /// <summary>Codecs and limits; looked up once.</summary>
    internal WireContext Wire => field ??= ServiceProvider.GetRequiredService<WireContext>();

    /// <summary>Where calls go.</summary>
    internal IGrainCallSender Sender { get; }

    /// <summary>The sender's own data about this grain type; found once, so that a call looks nothing up by type.</summary>
    internal object? Route { get; }
}
