using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests.Offsets;

/// <summary>Every idempotent producer gets an id that nobody had.</summary>
public sealed class InitProducerIdTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task Each_request_gets_another_id_with_epoch_0(short version)
    {
        await using var rig = await GatewayRig.StartAsync(topicOptions: new TopicOptions { ProducerIdBlockSize = 3 });
        await using var connection = await rig.ConnectAsync();

        var answers = new List<InitProducerIdResponse>();
        for (var number = 0; number < 8; number++)
            answers.Add(await connection.SendAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 1_000 }, version, TestGuard.Limit, Token));

        Assert.All(answers, answer => Assert.Equal((ErrorCode.None, (short)0), (answer.ErrorCode, answer.ProducerEpoch)));
        Assert.Equal(8, answers.Select(answer => answer.ProducerId).Distinct().Count());
    }

    [Fact]
    public async Task Who_wants_transactions_hears_something_final_and_a_store_that_is_away_something_passing()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();

        var transactional = await connection.SendAsync(new InitProducerIdRequest { TransactionalId = "tx", TransactionTimeoutMs = 1_000 }, 4, TestGuard.Limit, Token);
        var empty = await connection.SendAsync(new InitProducerIdRequest { TransactionalId = "", TransactionTimeoutMs = 1_000 }, 4, TestGuard.Limit, Token);
        rig.Topics.OnOperation = operation => throw new TopicStoreException(operation, StoreOutcome.NotApplied, null);
        var outage = await connection.SendAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 1_000 }, 4, TestGuard.Limit, Token);

        Assert.Equal(ErrorCode.InvalidRequest, empty.ErrorCode);
        Assert.False(transactional.ErrorCode.IsRetriable());
        Assert.True(outage.ErrorCode.IsRetriable());
        Assert.Single(rig.Log.Entries, entry => entry.EventId == 3011);
        Assert.All(new[] { transactional, empty, outage }, answer => Assert.Equal(-1, answer.ProducerId));
    }
}
