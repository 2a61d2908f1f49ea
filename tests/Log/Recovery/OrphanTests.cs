using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Recovery;

/// <summary>The metadata may come from yesterday's backup: a log that it does not know is listed, described on the disk, and never touched.</summary>
public sealed class OrphanTests : IDisposable
{
    private readonly StoreRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_log_that_nobody_opens_stays_and_says_what_it_is()
    {
        var configs = new Dictionary<string, string> { ["retention.ms"] = "1000", ["segment.bytes"] = "2000000" };
        var topicId = new Guid(7, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8);
        LogId id = _rig.Run(_rig.Store.CreateAsync([new NewLog("orders", topicId, 3, configs)], CancellationToken.None))[0];
        PartitionLog log = _rig.OpenLog(id);
        _rig.Append(log, times: 10);
        byte[] expected = TestLog.ReadAll(log);

        for (int start = 0; start < 3; start++)
        {
            if (start == 1)
                _rig.RestartCleanly();
            else
                _rig.Restart();
            LogDescription orphan = Assert.Single(_rig.Store.Logs);
            Assert.Equal((id, "orders", topicId, 3), (orphan.Id, orphan.Topic, orphan.TopicId, orphan.Partition));
            Assert.Equal(configs, orphan.Configs);
            _rig.Checkpoint();
        }

        string described = System.Text.Encoding.UTF8.GetString(_rig.Files.ReadWhole($"{_rig.LogFolder}/{DescriptionFile.Name}", 10_000));
        Assert.All(["\"orders\"", topicId.ToString(), "\"partition\": 3", "\"retention.ms\": \"1000\""], text => Assert.Contains(text, described));
        Assert.Equal(expected, TestLog.ReadAll(_rig.OpenLog(id)));
    }

    [Fact]
    public void What_a_log_says_of_itself_survives_a_loss_of_power()
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { MaxSingleSyncs = 100, MaxOpenFiles = 100 });
        rig.Append(rig.Create(topic: "orders"));
        rig.WriteSegments();
        rig.Checkpoint();
        rig.LosePower();
        Assert.Contains("\"orders\"", System.Text.Encoding.UTF8.GetString(rig.Files.ReadWhole($"{rig.LogFolder}/{DescriptionFile.Name}", 10_000)));
    }

    [Fact]
    public void A_topic_that_is_made_again_under_its_old_name_gets_another_log()
    {
        PartitionLog old = _rig.Create(topic: "orders");
        LogId oldId = old.Description.Id;
        _rig.Append(old, times: 5);
        byte[] expected = TestLog.ReadAll(old);
        _rig.Restart();

        PartitionLog fresh = _rig.Create(topic: "orders");
        Assert.NotEqual(oldId, fresh.Description.Id);
        Assert.Equal((0, 0), (fresh.StartOffset, fresh.EndOffset));
        _rig.Append(fresh, valueBytes: 33);
        Assert.Equal(expected, TestLog.ReadAll(_rig.OpenLog(oldId)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_id_is_never_given_away_twice(bool isClean)
    {
        var seen = new HashSet<LogId>();
        for (int i = 0; i < 4; i++)
        {
            PartitionLog log = _rig.Create(topic: "orders");
            Assert.True(seen.Add(log.Description.Id));
            _rig.Append(log);
            log.Dispose();
            _rig.Run(_rig.Store.DeleteAsync([log.Description.Id], CancellationToken.None));
            _rig.WriteSegments();
            if (isClean)
                _rig.RestartCleanly();
            else
                _rig.Restart();
        }
    }

    [Fact]
    public void A_deletion_takes_the_files_also_when_the_process_ends_in_the_middle_of_it()
    {
        PartitionLog log = _rig.Create(topic: "orders");
        _rig.Append(log, times: 5);
        _rig.Checkpoint();
        string folder = _rig.LogFolder;
        log.Dispose();
        _rig.Files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Delete && operation.Path == folder + LogApplier.DeletedSuffix && !_rig.Files.DirectoryExists(folder))
                throw new IOException("The process ends here.");
        };
        _rig.Run(_rig.Store.DeleteAsync([log.Description.Id], CancellationToken.None));
        _rig.WriteSegments();
        Assert.NotNull(_rig.Store.Failure);
        Assert.True(_rig.Files.DirectoryExists(folder + LogApplier.DeletedSuffix));

        _rig.Restart();
        Assert.Empty(_rig.Store.Logs);
        Assert.Empty(_rig.Files.ListDirectories("/data/logs"));
        Assert.Empty(_rig.Store.Damage);
    }

    [Fact]
    public void A_folder_of_no_log_is_left_alone()
    {
        _rig.Files.CreateDirectory("/data/logs/somebodys-notes.99");
        using (IFile file = _rig.Files.Open("/data/logs/somebodys-notes.99/note", FileOpening.Create))
            file.WriteAll("keep me"u8, 0);
        _rig.RestartCleanly();
        Assert.True(_rig.Files.TryGetLength("/data/logs/somebodys-notes.99/note", out _));
        Assert.Empty(_rig.Store.Damage);
    }
}
