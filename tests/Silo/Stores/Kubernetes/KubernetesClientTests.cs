using System.Text;
using Actors.Grains.Tests.Support;
using Actors.Membership;
using Actors.Silo.Stores.Kubernetes;
using Microsoft.AspNetCore.Http;
using Orleans;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>How the API server is asked: what is tried again, how long and how often, and what is believed of an answer.</summary>
public sealed class KubernetesClientTests : IAsyncLifetime
{
    private KubernetesRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await KubernetesRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_write_that_the_server_puts_off_is_made_again()
    {
        var table = await _rig.InitializedAsync();
        var puts = 0;
        _rig.Server.Intercept = async context =>
        {
            if (context.Request.Method != "PUT" || ++puts > 2) return false;
            await FakeApiServer.RefuseAsync(context, 429, "TooManyRequests", "not now");
            return true;
        };
        await Silos.InsertAsync(table, Silos.Entry(1));
        Assert.Equal(3, puts);
    }

    [Fact]
    public async Task Pauses_grow_to_a_longest_one_and_differ()
    {
        const int Failures = 9;
        var (first, last, limit) = (TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(40), TimeSpan.FromSeconds(29));
        var table = await _rig.InitializedAsync(options => options with { FirstRetryDelay = first, LastRetryDelay = last, OperationTimeout = limit });
        _rig.Time.Waits.Clear();
        var failures = 0;
        _rig.Server.Intercept = async context =>
        {
            if (++failures > Failures) return false;
            await FakeApiServer.RefuseAsync(context, 503, "ServiceUnavailable", "not now");
            return true;
        };
        Assert.Equal(0, (await ReadAsync(table)).Version.Version);

        var pauses = _rig.Time.Waits.Where(wait => wait > TimeSpan.Zero && wait <= last).ToList();
        Assert.Equal(Failures, pauses.Count);
        Assert.All(pauses.Index(), pause =>
        {
            var longest = Math.Min(first.TotalMilliseconds * Math.Pow(2, pause.Index), last.TotalMilliseconds);
            Assert.InRange(pause.Item.TotalMilliseconds, longest / 2, longest);
        });
        Assert.NotEqual(pauses[^1], pauses[^2]);
    }

    [Fact]
    public async Task A_token_that_cannot_be_read_is_named_and_nothing_is_asked()
    {
        var table = await _rig.InitializedAsync();
        File.Delete(_rig.Folder.Path("token"));
        _rig.Server.Accesses.Clear();
        var error = await Assert.ThrowsAsync<MembershipStoreException>(() => table.UpdateIAmAlive(Silos.Entry(1)));
        Assert.Contains("the service account's token cannot be read", error.Message);
        Assert.Contains(_rig.Folder.Path("token"), error.Message);
        Assert.False(error.MayHaveHappened);
        Assert.Empty(_rig.Server.Accesses);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_its_end()
    {
        const int TooManyBytes = 9 * 1024 * 1024;
        var table = await _rig.InitializedAsync(static options => options with { OperationTimeout = TimeSpan.FromSeconds(1) });
        _rig.Server.Intercept = static async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Object(@"""clusterId"":""orchard"",""version"":0,""silos"":[]") + new string(' ', TooManyBytes));
            return true;
        };
        var error = await Assert.ThrowsAsync<MembershipStoreException>(() => ReadAsync(table));
        Assert.False(error.MayHaveHappened);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>a proxy's page</html>")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"metadata":7,"spec":7}""")]
    [InlineData("""{"metadata":{"resourceVersion":7},"spec":{"clusterId":"orchard","version":"0","silos":[]}}""")]
    [InlineData("""{"spec":{"clusterId":"orchard","version":0,"silos":{}}}""")]
    [InlineData("""{"spec":{"clusterId":["orchard"],"version":0,"silos":[]}}""")]
    [InlineData("""{"spec":{"clusterId":"orchard","version":0,"silos":[7]}}""")]
    [InlineData("""{"spec":{"clusterId":"orchard","clusterId":"orchid","version":0,"silos":[]}}""")]
    [InlineData("""{"spec":{"clusterId":"orchard","version":0,"silos":[{"address":7,"name":"silo-1@1","status":"Active"}]}}""")]
    public async Task An_answer_that_is_none_is_a_clear_error(string body)
    {
        var table = await _rig.InitializedAsync(static options => options with { OperationTimeout = TimeSpan.FromMilliseconds(200) });
        _rig.Server.Intercept = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
            return true;
        };
        var error = await Record.ExceptionAsync(() => ReadAsync(table));
        Assert.True(error is MembershipStoreException or MembershipRowException, $"{error}");
        await AssertFailsClearlyAsync(() => table.InsertRow(Silos.Entry(1), new TableVersion(1, "0")));
    }

    /// <summary>Reads, and does not wait for ever where it is tried for ever.</summary>
    private static Task<MembershipTableData> ReadAsync(KubernetesMembershipTable table) => TestGuard.SoonAsync(table.ReadAll(), "the end of a read");

    private static async Task AssertFailsClearlyAsync(Func<Task<bool>> write)
    {
        try
        {
            Assert.False(await TestGuard.SoonAsync(write(), "the end of a write"));
        }
        catch (Exception error) when (error is MembershipStoreException or MembershipRowException or ClusterMismatchException)
        {
            // As clear as the read.
        }
    }

    private static string Object(string spec) => "{\"metadata\":{\"resourceVersion\":\"1\"},\"spec\":{" + spec + "}}";
}
