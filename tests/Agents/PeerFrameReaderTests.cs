using System.Text;
using Actors.Agents.Frames;
using Actors.Agents.Messages;

namespace Actors.Agents.Tests;

public sealed class PeerFrameReaderTests
{
    private readonly PeerFrame _frame = new();

    [Fact]
    public void Every_field_is_read()
    {
        Assert.Null(Sample.Read(Sample.Whole, _frame));
        Assert.Equal(Sample.Node, Encoding.UTF8.GetString(_frame.Node.Span));
        Assert.True(_frame.HasSetTunnels);
        Assert.Equal([Sample.Other], _frame.SetTunnels);
        Assert.Equal([Sample.Other], _frame.AddTunnels);
        Assert.Empty(_frame.RemoveTunnels);
        Assert.Equal([Sample.Other], _frame.ReadyForHandshake);
        Assert.True(_frame.IsGoodbye);
        Assert.Equal(7, _frame.Pong);
        Assert.Equal(AgentLifecycle.StartError, _frame.Lifecycle);
        Assert.Equal([("load", "0.5", null), ("disk", null, "no äccess")], _frame.Metadata.Select(value => (value.Key, value.Value, value.Error)));
        Assert.Equal(
            new ConnectionReport
            {
                Id = Sample.Other,
                Action = ConnectionAction.Disconnect,
                Type = "ssh",
                Ip = "127.0.0.1",
                Code = 0,
                Reason = "done",
                At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
            },
            Assert.Single(_frame.Connections));
    }

    [Fact]
    public void A_frame_holds_nothing_of_the_one_before()
    {
        Assert.Null(Sample.Read(Sample.Whole, _frame));
        Assert.Null(Sample.Read(" {} ", _frame));
        Assert.True(_frame.Node.IsEmpty);
        Assert.False(_frame.HasSetTunnels || _frame.IsGoodbye);
        Assert.Null(_frame.Pong);
        Assert.Null(_frame.Lifecycle);
        Assert.Equal(
            0,
            _frame.SetTunnels.Count + _frame.AddTunnels.Count + _frame.RemoveTunnels.Count + _frame.ReadyForHandshake.Count
                + _frame.Metadata.Count + _frame.Connections.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"pong\":1,}")]
    [InlineData("{/*comment*/\"pong\":1}")]
    [InlineData("{'pong':1}")]
    [InlineData("{\"metadata\":[{\"key\":\"a\",\"value\":\"\\ud800\"}]}")]
    [InlineData("{\"addTunnels\":[\"a0a1a2a3-a4a5-46a7-98a9-aaab\\ud800caea\"]}")]
    [InlineData("{\"updateNode\":{\"disco\":\"\\udc00\"}}")]
    [InlineData("{\"updateNode\":{\"key\":\"\\ud800\"}}")]
    public void What_is_not_one_object_is_not_JSON(string json) =>
        Assert.Equal(AgentCloseCode.NotJson, Sample.Read(json, _frame)?.Code ?? AgentCloseCode.Goodbye);

    [Theory]
    [InlineData("{\"pongs\":1}", "pongs")]
    [InlineData("{\"Pong\":1}", "Pong")]
    [InlineData("{\"pong\":1,\"pong\":1}", "pong")]
    [InlineData("{\"pong\":\"1\"}", "pong")]
    [InlineData("{\"pong\":1.5}", "pong")]
    [InlineData("{\"pong\":null}", "pong")]
    [InlineData("{\"pong\":9223372036854775808}", "pong")]
    [InlineData("{\"disconnect\":true}", "disconnect")]
    [InlineData("{\"disconnect\":{\"why\":1}}", "disconnect")]
    [InlineData("{\"addTunnels\":{}}", "addTunnels")]
    [InlineData("{\"addTunnels\":null}", "addTunnels")]
    [InlineData("{\"addTunnels\":[1]}", "addTunnels[0]")]
    [InlineData("{\"addTunnels\":[null]}", "addTunnels[0]")]
    [InlineData("{\"setTunnels\":[\"a0a1a2a3a4a546a798a9aaabacadaeaf\"]}", "setTunnels[0]")]
    [InlineData("{\"removeTunnels\":[\"{a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf}\"]}", "removeTunnels[0]")]
    [InlineData("{\"readyForHandshake\":[\"a0a1a2a3-a4a5-46a7-98a9-aaabacadaea\"]}", "readyForHandshake[0]")]
    [InlineData("{\"addTunnels\":[\"00000000-0000-0000-0000-000000000000\"]}", "addTunnels[0]")]
    [InlineData("{\"lifecycle\":\"Ready\"}", "lifecycle")]
    [InlineData("{\"lifecycle\":4}", "lifecycle")]
    [InlineData("{\"metadata\":{}}", "metadata")]
    [InlineData("{\"metadata\":[1]}", "metadata[0]")]
    [InlineData("{\"metadata\":[{\"key\":\"a\"},{\"value\":\"1\"}]}", "metadata[1].key")]
    [InlineData("{\"metadata\":[{\"key\":\"\"}]}", "metadata[0].key")]
    [InlineData("{\"metadata\":[{\"key\":\"a\",\"key\":\"b\"}]}", "metadata[0].key")]
    [InlineData("{\"metadata\":[{\"key\":\"a\",\"at\":\"b\"}]}", "metadata[0].at")]
    [InlineData("{\"metadata\":[{\"key\":\"a\",\"value\":1}]}", "metadata[0].value")]
    [InlineData("{\"metadata\":[[[[[[[[[]]]]]]]]]}", "metadata[0]")]
    [InlineData("{\"updateNode\":null}", "updateNode")]
    [InlineData("{\"updateNode\":{}}", "updateNode.key")]
    public void A_field_that_breaks_a_rule_is_named(string json, string field)
    {
        var problem = Sample.Read(json, _frame);
        Assert.NotNull(problem);
        Assert.Equal((AgentCloseCode.BadMessage, field), (problem.Value.Code, problem.Value.Field));
        Assert.InRange(Encoding.UTF8.GetByteCount(problem.Value.ToString()), 1, AgentProtocol.MaxCloseReasonBytes);
    }

    [Theory]
    [InlineData("\"preferredRelay\":3", "\"preferredRelay\":65536", "updateNode.preferredRelay")]
    [InlineData("\"preferredRelay\":3", "\"preferredRelay\":-1", "updateNode.preferredRelay")]
    [InlineData("\"preferredRelay\":3", "\"preferredRelay\":\"3\"", "updateNode.preferredRelay")]
    [InlineData("\"disco\":\"d\"", "\"disco\":1", "updateNode.disco")]
    [InlineData("\"disco\":\"d\"", "\"disco\":\"d\",\"disco\":\"d\"", "updateNode.disco")]
    [InlineData("\"disco\":\"d\"", "\"discos\":\"d\"", "updateNode.discos")]
    [InlineData("0.0125", "\"fast\"", "updateNode.relayLatency[0]")]
    [InlineData("0.0125", "-1", "updateNode.relayLatency[0]")]
    [InlineData("0.0125", "1e999", "updateNode.relayLatency[0]")]
    [InlineData("\"3\":\"proxy\"", "\"three\":\"proxy\"", "updateNode.relayForcedWebsocket[0]")]
    [InlineData("\"3\":\"proxy\"", "\"3\":3", "updateNode.relayForcedWebsocket[0]")]
    [InlineData(":8899/128", ":8899/127", "updateNode.addresses[0]")]
    [InlineData(":8899/128", ":8899", "updateNode.addresses[0]")]
    [InlineData(":8899/128", ":8898/128", "updateNode.addresses[0]")]
    [InlineData(":8899/128", ":8899%1/128", "updateNode.addresses[0]")]
    [InlineData("fd61:6374:6f72:11:", "fd61:6374:6f73:11:", "updateNode.addresses[0]")]
    [InlineData(Sample.Address, "10.0.0.1/128", "updateNode.addresses[0]")]
    [InlineData("AAECAwQF", "AAECAw", "updateNode.key")]
    [InlineData("AAECAwQF", "AAECAw F", "updateNode.key")]
    [InlineData("\"allowedIps\":[", "\"allowedIps\":[\"10.0.0.0/8\",", "updateNode.allowedIps[0]")]
    [InlineData("/128\"],\"endpoints\"", "/128\",\"fd61:6374:6f72:11:2233:4455:4677:8898/128\"],\"endpoints\"", "updateNode.allowedIps[1]")]
    [InlineData("/128\"],\"endpoints\"", "/128\",\"::/0\"],\"endpoints\"", "updateNode.allowedIps[1]")]
    [InlineData("\"endpoints\":[", "\"endpoints\":8,\"x\":[", "updateNode.endpoints")]
    [InlineData("[\"192", "[[],\"192", "updateNode.endpoints[0]")]
    public void A_field_of_a_node_record_that_breaks_a_rule_is_named(string from, string to, string field)
    {
        Assert.Contains(from, Sample.Node, StringComparison.Ordinal);
        Assert.Equal(field, Sample.Read("{\"updateNode\":" + Sample.Node.Replace(from, to, StringComparison.Ordinal) + "}", _frame)?.Field);
    }

    [Theory]
    [InlineData("fd61:6374:6f72:0011:2233:4455:4677:8899/128")]
    [InlineData("FD61:6374:6F72:11:2233:4455:4677:8899/128")]
    [InlineData("fd61:6374:6f72:11:2233:4455:70.119.136.153/128")]
    [InlineData("fd61:6374:6f72:11:2233:4455:4677:8899\\/128")]
    public void An_address_may_be_spelled_in_any_way(string address) =>
        Assert.Null(Sample.Read("{\"updateNode\":" + Sample.Node.Replace(Sample.Address, address, StringComparison.Ordinal) + "}", _frame));

    [Fact]
    public void A_key_may_be_escaped() => Assert.Null(Sample.Read(
        "{\"updateNode\":" + Sample.Node.Replace(Sample.Key, Sample.Key.Replace("A", "\\u0041", StringComparison.Ordinal), StringComparison.Ordinal) + "}", _frame));

    [Theory]
    [InlineData("\"id\":\"a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf\"", "\"id\":\"00000000-0000-0000-0000-000000000000\"", "connections[0].id")]
    [InlineData("\"id\":\"a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf\",\"action\"", "\"action\"", "connections[0].id")]
    [InlineData("\"disconnect\",\"type\"", "\"reconnect\",\"type\"", "connections[0].action")]
    [InlineData("\"action\":\"disconnect\"", "\"action\":\"connect\"", "connections[0].code")]
    [InlineData("\"code\":0", "\"code\":null", "connections[0].code")]
    [InlineData("\"code\":0", "\"code\":0.5", "connections[0].code")]
    [InlineData("2026-01-02T", "2026-13-02T", "connections[0].at")]
    [InlineData("\"ip\":", "\"ips\":", "connections[0].ips")]
    [InlineData("\"ip\":\"127.0.0.1\"", "\"type\":\"ssh\"", "connections[0].type")]
    public void A_field_of_a_connection_that_breaks_a_rule_is_named(string from, string to, string field)
    {
        var at = Sample.Whole.IndexOf("\"connections\"", StringComparison.Ordinal);
        var connections = Sample.Whole[at..];
        Assert.Contains(from, connections, StringComparison.Ordinal);
        Assert.Equal(field, Sample.Read("{" + connections.Replace(from, to, StringComparison.Ordinal), _frame)?.Field);
    }

    [Theory]
    [InlineData("{\"colour\":1}", "colour: is no field")]
    [InlineData("{\"\":1}", "\"\": is no field")]
    [InlineData("{\"pong\\n\\u001b[31m\":1}", "pong?n?u001b[31m: is no field")]
    [InlineData("{\"a b\u00e9\u007f\":1}", "a?b???: is no field")]
    [InlineData("{\"abcdefghijklmnopqrstuvwxyzabcdefg\":1}", "abcdefghijklmnopqrstuvwxyzabcdef...: is no field")]
    [InlineData("{\"metadata\":[{\"key\":\"a\"},{\"key\":\"b\",\"unit\":\"s\"}]}", "metadata[1].unit: is no field")]
    [InlineData("{\"addTunnels\":[\"a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf\",\"x\"]}", "addTunnels[1]: is a UUID of the form 8-4-4-4-12, and not all zeros")]
    [InlineData("{\"pong\":1} {", "the frame is not one JSON object in Unicode, of at most 8 levels: look behind byte 11")]
    [InlineData("{\"pong\":tru}", "the frame is not one JSON object in Unicode, of at most 8 levels: look behind byte 8")]
    public void The_reason_says_what_is_wrong_and_where(string json, string reason) => Assert.Equal(reason, Sample.Read(json, _frame)?.ToString());

    [Fact]
    public void Limits_are_exact()
    {
        var limits = new AgentLimits { MaxPeersInList = 3, MaxNodeEntries = 2, MaxNodeBytes = 400, MaxMetadataValues = 2, MaxMetadataKeyBytes = 6 };
        Assert.Null(Sample.Read(Peers(3), _frame, limits));
        Assert.Equal("addTunnels[3]", Sample.Read(Peers(4), _frame, limits)?.Field);
        Assert.Null(Sample.Read(Endpoints(2), _frame, limits));
        Assert.Equal("updateNode.endpoints[2]", Sample.Read(Endpoints(3), _frame, limits)?.Field);
        Assert.Null(Sample.Read("{\"metadata\":[{\"key\":\"abc\"},{\"key\":\"def\"}]}", _frame, limits));
        Assert.Equal("metadata[1].key", Sample.Read("{\"metadata\":[{\"key\":\"abc\"},{\"key\":\"defg\"}]}", _frame, limits)?.Field);
        Assert.Equal("metadata[2]", Sample.Read("{\"metadata\":[{\"key\":\"a\"},{\"key\":\"b\"},{\"key\":\"c\"}]}", _frame, limits)?.Field);

        var node = "{\"key\":\"" + Sample.Key + "\",\"disco\":\"\"";
        Assert.Null(Sample.Read("{\"updateNode\":" + node + new string(' ', 399 - node.Length) + "}}", _frame, limits));
        Assert.Equal(400, _frame.Node.Length);
        Assert.Equal("updateNode", Sample.Read("{\"updateNode\":" + node + new string(' ', 400 - node.Length) + "}}", _frame, limits)?.Field);

        Assert.Null(Sample.Read("{}" + new string(' ', 98), _frame, new AgentLimits { MaxFrameBytes = 100 }));
        Assert.Equal(AgentCloseCode.TooBig, Sample.Read("{}" + new string(' ', 99), _frame, new AgentLimits { MaxFrameBytes = 100 })?.Code);

        static string Peers(int count) => "{\"addTunnels\":[" + string.Join(',', Enumerable.Repeat($"\"{Sample.Other}\"", count)) + "]}";

        static string Endpoints(int count) =>
            "{\"updateNode\":{\"key\":\"" + Sample.Key + "\",\"endpoints\":[" + string.Join(',', Enumerable.Repeat("\"e\"", count)) + "]}}";
    }

    [Fact]
    public void Reading_updates_leaves_no_garbage()
    {
        var bytes = Encoding.UTF8.GetBytes(Sample.Whole[..Sample.Whole.IndexOf(",\"lifecycle\"", StringComparison.Ordinal)] + "}");
        var limits = new AgentLimits();
        Assert.Null(PeerFrameReader.Read(bytes, Sample.Peer, limits, _frame));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
            PeerFrameReader.Read(bytes, Sample.Peer, limits, _frame);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
