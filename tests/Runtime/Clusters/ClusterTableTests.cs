using System.Net;
using Actors.Membership;
using Actors.Runtime.Cluster;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

public sealed class ClusterTableTests
{
    private static readonly SiloAddress Self = SiloAddress.New(IPAddress.Loopback, 11_111, 1);

    private readonly InMemoryMembershipTable _rows = new(ClusterSilo.ClusterId, TimeProvider.System);

    [Fact]
    public async Task What_was_decided_by_an_older_view_is_not_written()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        var table = new ClusterTable(_rows, Self, "one", 1, "host", TimeProvider.System);
        await table.InitializeAsync(token);
        await table.WriteAsync(0, new ViewMember(Self, 1, SiloStatus.Joining), token);
        await table.WriteAsync(1, new ViewMember(Self, 1, SiloStatus.Active), token);
        await table.WriteAsync(1, new ViewMember(Self, 1, SiloStatus.Dead), token);
        ClusterView view = await table.ReadAsync(token);
        Assert.Equal((2, SiloStatus.Active), (view.Version, view.Find(Self)!.Status));
    }

    [Fact]
    public async Task A_member_that_is_not_in_the_table_is_not_made()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        var table = new ClusterTable(_rows, Self, "one", 1, "host", TimeProvider.System);
        await table.InitializeAsync(token);
        await table.WriteAsync(0, new ViewMember(SiloAddress.New(IPAddress.Loopback, 11_112, 1), 2, SiloStatus.Dead), token);
        Assert.Empty((await table.ReadAsync(token)).Members);
    }
}
