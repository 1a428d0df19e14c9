import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { ActionIcon, Avatar, Menu, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, useEffect, useRef, useState } from "react";
import { useUsers } from "../../data/directory.ts";
import type { Stage } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import classes from "./board.module.css";
import { rememberCard } from "./board-keys.ts";
import type { Card } from "./move-deal.ts";

/** One deal on the board. All are of one height, so that thousands of them scroll without measuring. */
export const DealCard = memo(function DealCard({
  card,
  stages,
  canMove,
  onMove,
}: {
  readonly card: Card;
  readonly stages: readonly Stage[];
  readonly canMove: boolean;
  readonly onMove: (card: Card, stage: Stage) => void;
}) {
  const text = useText();
  const format = useFormat();
  const { nameOf } = useUsers();
  const element = useRef<HTMLElement>(null);
  const [dragged, setDragged] = useState(false);
  useEffect(() => {
    if (!element.current) return undefined;
    rememberCard(element.current, card);
    if (!canMove) return undefined;
    return draggable({
      element: element.current,
      getInitialData: () => ({ card }),
      onDragStart: () => setDragged(true),
      onDrop: () => setDragged(false),
    });
  }, [card, canMove]);

  const title = card.name || `${text.common.entities.deal} #${card.id}`;
  return (
    <article ref={element} className={classes["card"]} data-dragged={dragged || undefined} data-deal={card.id}>
      <div className={classes["head"]}>
        <Link to="/deals/$id" params={{ id: String(card.id) }} className={classes["name"]} title={title} draggable={false} data-card>
          {title}
        </Link>
        {canMove && (
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <ActionIcon size="sm" color="gray" aria-label={text.deals.moveNamed(title)} data-move>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{text.deals.move}</Menu.Label>
              {stages
                .filter(({ id }) => id !== card.stage)
                .map((stage) => (
                  <Menu.Item key={stage.id} onClick={() => onMove(card, stage)}>
                    {stage.name}
                  </Menu.Item>
                ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <div className={classes["who"]}>{[card.contact?.name, card.company?.name].filter(Boolean).join(" · ") || <>&nbsp;</>}</div>
      <div className={classes["tags"]}>
        {card.tags.slice(0, 3).map((tag) => (
          <span key={tag} className={classes["tag"]}>
            {tag}
          </span>
        ))}
      </div>
      <div className={classes["foot"]}>
        <Text span size="sm" fw={600} className={classes["sum"]}>
          {card.sum === null ? "" : format.money(card.sum, card.currency)}
        </Text>
        <TaskMark card={card} />
        {card.responsible !== null && (
          <Avatar name={nameOf(card.responsible)} color="initials" size={22} title={nameOf(card.responsible)} alt="" />
        )}
      </div>
    </article>
  );
});

function TaskMark({ card }: { readonly card: Card }) {
  const text = useText();
  const format = useFormat();
  if (card.state === "won" || card.state === "lost")
    return <span className={classes["task"]}>{card.closed_at && format.day(card.closed_at)}</span>;
  const { next_task: task } = card;
  if (!task) return <span className={classes["task"]}>{text.deals.noTask}</span>;
  const overdue = task.due !== null && new Date(task.due) < new Date();
  return (
    <span className={classes["task"]} data-overdue={overdue || undefined} title={task.title}>
      {task.due === null ? task.title : format.short(task.due)}
    </span>
  );
}
