using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Actors.Grains.Overview;

/// <summary>Registers what the overview needs.</summary>
public static class OverviewServices
{
    /// <summary>
    /// Adds the overview, and the filter that counts the calls of this silo. The host provides <see cref="ISiloDescriber"/> and
    /// <see cref="TimeProvider"/>.
    /// </summary>
    public static ISiloBuilder AddOverview(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        RuntimePort.AddTo(builder.Services);
        builder.Services
            .AddSingleton<CallCollector>()
            .AddSingleton<ClusterMembers>()
            .AddSingleton<ClusterReader>()
            .AddSingleton<StoredStates>()
            .AddSingleton<Orleans.IIncomingGrainCallFilter>(static provider => provider.GetRequiredService<CallCollector>());
        return builder;
    }
}
