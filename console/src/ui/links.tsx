import { ActionIcon, type ActionIconProps, Button, type ButtonProps, Menu, type MenuItemProps } from "@mantine/core";
import { createLink, type LinkComponent } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef } from "react";

/** Components that go to an address of the console; the router checks the address. */

type Anchor<Props> = Props & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

const AnchorButton = forwardRef<HTMLAnchorElement, Anchor<ButtonProps>>((props, ref) => <Button component="a" ref={ref} {...props} />);
export const LinkButton: LinkComponent<typeof AnchorButton> = createLink(AnchorButton);

const AnchorIcon = forwardRef<HTMLAnchorElement, Anchor<ActionIconProps>>((props, ref) => (
  <ActionIcon component="a" ref={ref} {...props} />
));
export const LinkIcon: LinkComponent<typeof AnchorIcon> = createLink(AnchorIcon);

const AnchorItem = forwardRef<HTMLAnchorElement, Anchor<MenuItemProps>>((props, ref) => <Menu.Item component="a" ref={ref} {...props} />);
export const LinkItem: LinkComponent<typeof AnchorItem> = createLink(AnchorItem);
