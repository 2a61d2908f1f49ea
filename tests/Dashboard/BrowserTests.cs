using System.Text.RegularExpressions;
using Actors.Harness;

namespace Actors.Dashboard.Tests;

/// <summary>The page as a person sees it, in a browser, of three silos of which two are lost.</summary>
public sealed class BrowserTests
{
    [Fact]
    public async Task The_page_follows_the_cluster_without_being_loaded_again()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", "orders", "--partitions", "3")).OutputOfSuccess();
        await using var browser = await Browser.OpenAsync(new Uri($"http://127.0.0.1:{cluster.Silos[0].Options.HttpPort}/"));

        await browser.ReadsAsync("#silos", static text => Regex.Count(text, @"^[123]\t\S+\tActive\t", RegexOptions.Multiline) == 3);
        await browser.ReadsAsync("#topics", static text => text.Contains("orders\t3\t0\t0", StringComparison.Ordinal));
        // One activation on one of the three, and no call that waits.
        await browser.ReadsAsync("#grains", static text => Regex.IsMatch(text, @"^controller\t(1\t0\t0|0\t1\t0|0\t0\t1)\t0", RegexOptions.Multiline));
        await browser.ReadsAsync("#calls", static text => Regex.IsMatch(text, @"^controller\tCreateTopics\t1\t0\t0\t0\t", RegexOptions.Multiline));

        await browser.RunAsync("document.querySelector('form input').value = 'controller/controller'");
        await browser.RunAsync("document.querySelector('form button').click()");
        await browser.ReadsAsync("#grain", static text => Regex.IsMatch(text, @"home\tnode ([123])\nactive\ton node \1"));

        await browser.RunAsync("globalThis.isTheSamePage = true");
        await cluster.Silos[2].KillAsync();
        await browser.ReadsAsync("#silos", static text => Regex.IsMatch(text, @"^3\t\S+\tDead\t–\t–\t", RegexOptions.Multiline));
        await browser.ReadsAsync("#topics", static text => text.Contains("orders\t3\t1\t", StringComparison.Ordinal));
        await browser.ReadsAsync("#silent", static text => text.Length == 0);

        await cluster.Silos[0].KillAsync();
        await browser.ReadsAsync("#silent", static text => text.StartsWith("This silo does not answer.", StringComparison.Ordinal));
        await browser.ReadsAsync("#silos", static text => text.Contains("Dead", StringComparison.Ordinal)); // the last that it said
        Assert.Equal("true", await browser.RunAsync("globalThis.isTheSamePage"));
    }
}
