using Actors.Grains.Overview;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Overview;

/// <summary>A silo with the overview, which says what it is by its place among the cluster's silos.</summary>
internal sealed class OverviewConfigurator : ISiloConfigurator
{
    public void Configure(ISiloBuilder siloBuilder)
    {
        siloBuilder.Services.AddSingleton<ISiloDescriber, Describer>();
        siloBuilder.AddMemoryGrainStorageAsDefault();
        siloBuilder.AddOverview();
    }

    private sealed class Describer(ILocalSiloDetails silo) : ISiloDescriber
    {
        public SiloDescription Describe() => new()
        {
            Name = silo.Name,
            NodeId = silo.Name == "Primary" ? 0 : int.Parse(silo.Name["Secondary_".Length..], System.Globalization.CultureInfo.InvariantCulture),
            Version = "1.2.3",
            Status = SiloStates.Active,
            Kafka = $"{silo.Name}:9092",
            Http = $"{silo.Name}:8080",
            StartedAt = DateTimeOffset.UnixEpoch,
        };
    }
}
