namespace Actors.Architecture.Tests;

/// <summary>The files that may block a thread or ask a task for its result without awaiting it, each with its reason.</summary>
internal static class BlockingPlaces
{
    private const string Completed = "asks a task that has completed, where an await would allocate";
    private const string OwnThread = "a thread of its own, which has nothing else to do";
    private const string Gate = "a gate that the test closes stands for a disk, a database or a grain that is slow";
    private const string Property = "FsCheck's properties are synchronous";
    private const string ByHand = "the test's thread does the work of the store's threads, or waits for theirs as a power loss does not await";

    /// <summary>All of them; a file that no longer blocks must leave the list.</summary>
    public static IReadOnlyList<(string File, string Reason)> All { get; } =
    [
        ("src/Gateway/Kafka/Responses/ResponseRing.Writing.cs", Completed),
        ("src/Log/Files/SlowSyncFileSystem.cs", "makes the syncing thread wait as a slower disk does; for measurements only"),
        ("src/Log/Workers/WorkSignal.cs", OwnThread),
        ("src/Log/Workers/Worker.cs", OwnThread),
        ("src/Runtime/Invocation/GrainRequest.Turn.cs", Completed),
        ("src/Runtime/Invocation/TaskRequest.cs", Completed),
        ("src/Runtime/Invocation/TaskRequestOf.cs", Completed),
        ("src/Runtime/Invocation/ValueTaskRequest.cs", Completed),
        ("src/Runtime/Invocation/ValueTaskRequestOf.cs", Completed),
        ("src/Runtime/Peering/Connections/Outbox.Writing.cs", Completed),
        ("src/Runtime/Scheduling/Activation.Life.cs", Completed),
        ("src/Runtime/Scheduling/Activation.Mailbox.cs", Completed),
        ("src/Runtime/TestingHost/TestCluster.cs", "Deploy is synchronous in Orleans too"),
        ("src/Runtime/Timers/GrainTimer.cs", Completed),
        ("src/Runtime/Watch/Watchdog.cs", OwnThread),
        ("src/Silo/Stores/Sqlite/StoreQueue.cs", OwnThread),
        ("src/Storage/Heat/Prometheus/PrometheusHeatSource.cs", Completed),
        ("bench/Agents/Pairs/PairLoad.cs", OwnThread),
        ("bench/Grains/StateShapes.cs", "a disk's delay, on the floor's own thread"),
        ("bench/LogLoad/LogBenchmark.cs", "a load thread asks between two loads whether it is done"),
        ("bench/LogLoad/RecoveryBenchmark.cs", "a load thread asks between two loads whether it is done"),
        ("bench/LogLoad/SecondWriter.cs", OwnThread),
        ("bench/Storage/Copies/ApplicationLoop.cs", OwnThread),
        ("tests/AgentLoad/Wire/WireTests.cs", Property),
        ("tests/Gateway/Connections/ByteBudgetTests.cs", Property),
        ("tests/Gateway/Fetching/FetchWaitTests.cs", "two threads spin so that they meet as closely as they can"),
        ("tests/Gateway/Hostile/MemoryWatch.cs", OwnThread),
        ("tests/Gateway/Responses/ResponseRingTests.cs", Property),
        ("tests/Grains/Groups/GroupPartitionProperties.cs", Property),
        ("tests/Grains/Partitions/ReplicaPropertyTests.cs", Property),
        ("tests/Grains/Support/GatedFileSystem.cs", Gate),
        ("tests/Log/Checkpoints/CheckpointPacingTests.cs", Gate),
        ("tests/Log/Partitions/FindTimestampTests.cs", Gate),
        ("tests/Log/PowerLoss/PowerLossRun.cs", ByHand),
        ("tests/Log/PowerLoss/UnsyncedNamesTests.cs", ByHand),
        ("tests/Log/Store/CloseTests.cs", Gate),
        ("tests/Log/Support/StoreRig.cs", ByHand),
        ("tests/Log/Support/TestLog.cs", ByHand),
        ("tests/Member/OrderTaker.cs", OwnThread),
        ("tests/Member/Starvation.cs", "blocks the threads of the pool: that is what it is for"),
        ("tests/Runtime/Calls/BlockGrain.cs", Gate),
        ("tests/Runtime/Clusters/StarvedSiloTests.cs", Gate),
        ("tests/Runtime/Peering/RecordedEvents.cs", Gate),
        ("tests/Runtime/Scheduling/TurnTests.cs", "a thread outside of the grains calls one; a continuation holds a turn up"),
        ("tests/Runtime/Scheduling/WorkBatchTests.cs", Gate),
        ("tests/Silo/Stores/SqliteDatabaseTests.cs", Gate),
        ("tests/Storage/BackEnds/Files/FilesCopyTests.cs", Gate),
        ("tests/Storage/BackEnds/Files/FilesPaceTests.cs", Gate),
        ("tests/Storage/BackEnds/Files/FilesTests.cs", "a switch is held up until the kernel asks for the lease back"),
    ];
}
