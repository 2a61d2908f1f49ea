using Actors.Gateway.Agents;
using Actors.Grains.Agents;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

/// <summary>What is set for the agents' hub reaches it.</summary>
public sealed class AgentsOptionsTests
{
    [Fact]
    public void The_defaults_are_the_hubs_own()
    {
        var options = new AgentsOptions();
        Assert.Equal(new AgentsGatewayOptions(), options.ToGatewayOptions());
        Assert.Equal(new AgentWriterOptions(), options.ToWriter());
        Assert.Equal(new AgentStatusOptions(), options.ToStatus());
        Assert.Equal(new AgentCleanerOptions(), options.ToCleaner());
        Assert.Equal(WorkerOptions.Default, options.ToWorkers().Effective());
        Assert.Equal(new PeerOptions(), options.ToPeers());
        Assert.Equal((10, 10, 10, 5), (WorkerOptions.Default.QuerierWorkers, WorkerOptions.Default.BinderWorkers, WorkerOptions.Default.TunnelerWorkers, WorkerOptions.Default.HandshakerWorkers));
    }

    [Fact]
    public void Each_option_ends_where_it_belongs()
    {
        var names = typeof(AgentsOptions).GetProperties().Where(static property => property.CanWrite).Select(static property => property.Name).ToArray();
        var values = names.Select(static (name, index) => (Name: name, Value: (name == nameof(AgentsOptions.MaxWaitingBytes) ? 2_000_000 : name == nameof(AgentsOptions.InactiveAfterMs) ? 50_000 : 0) + index)).ToDictionary(static pair => pair.Name, static pair => pair.Value);
        values[nameof(AgentsOptions.MaxWaitingRows)] += 1_000;
        values[nameof(AgentsOptions.MaxChangesPerSecond)] += 150;
        values[nameof(AgentsOptions.ConnectionLogRetentionMs)] += 60_000;
        values[nameof(AgentsOptions.ForgetAfterMs)] += 200_000;
        var configuration = SiloConfiguration.Read([.. values.Select(static pair => $"--Agents:{pair.Key}={pair.Value}")], new System.Collections.Hashtable(), Path.Combine(Path.GetTempPath(), "there-is-no-such-folder"));
        Assert.Empty(configuration.Mistakes);
        var options = configuration.Bound.Get<AgentsOptions>();

        Assert.Equal(
            new WorkerOptions
            {
                QuerierWorkers = values[nameof(AgentsOptions.QuerierWorkers)],
                BinderWorkers = values[nameof(AgentsOptions.BinderWorkers)],
                TunnelerWorkers = values[nameof(AgentsOptions.TunnelerWorkers)],
                HandshakerWorkers = values[nameof(AgentsOptions.HandshakerWorkers)],
            },
            options.ToWorkers());
        Assert.Equal(
            new AgentWriterOptions
            {
                HeartbeatFlushMs = values[nameof(AgentsOptions.HeartbeatFlushMs)],
                ConnectionLogFlushMs = values[nameof(AgentsOptions.ConnectionLogFlushMs)],
                MetadataFlushMs = values[nameof(AgentsOptions.MetadataFlushMs)],
                MaxWaitingRows = values[nameof(AgentsOptions.MaxWaitingRows)],
                MaxWaitingBytes = values[nameof(AgentsOptions.MaxWaitingBytes)],
            },
            options.ToWriter());
        Assert.Equal(
            new AgentStatusOptions { ConnectionTimeoutMs = values[nameof(AgentsOptions.ConnectionTimeoutMs)], InactiveAfterMs = values[nameof(AgentsOptions.InactiveAfterMs)] }, options.ToStatus());
        Assert.Equal(
            new AgentCleanerOptions { ConnectionLogMs = values[nameof(AgentsOptions.ConnectionLogRetentionMs)], ForgetAfterMs = values[nameof(AgentsOptions.ForgetAfterMs)] }, options.ToCleaner());
        Assert.Equal(
            new PeerOptions
            {
                MaxTunnels = values[nameof(AgentsOptions.MaxTunnels)],
                MaxIncoming = values[nameof(AgentsOptions.MaxIncomingTunnels)],
                MaxSignals = values[nameof(AgentsOptions.HandshakerWorkers)],
            },
            options.ToPeers());
        Assert.Equal(values[nameof(AgentsOptions.FlushTimeoutMs)], options.FlushTimeoutMs);
        Assert.Equal(
            new AgentsGatewayOptions
            {
                MaxConnections = values[nameof(AgentsOptions.MaxConnections)],
                AcceptsPerSecond = values[nameof(AgentsOptions.AcceptsPerSecond)],
                AcceptBurst = values[nameof(AgentsOptions.AcceptBurst)],
                MaxTunnels = values[nameof(AgentsOptions.MaxTunnels)],
                MaxFramesPerSecond = values[nameof(AgentsOptions.MaxFramesPerSecond)],
                MaxChangesPerSecond = values[nameof(AgentsOptions.MaxChangesPerSecond)],
                MaxDialsPerAddress = values[nameof(AgentsOptions.MaxDialsPerAddress)],
                MaxDialsPerAgent = values[nameof(AgentsOptions.MaxDialsPerAgent)],
                MaxDialsPerToken = values[nameof(AgentsOptions.MaxDialsPerToken)],
                MaxSocketsPerToken = values[nameof(AgentsOptions.MaxSocketsPerToken)],
            },
            options.ToGatewayOptions());
    }
}
